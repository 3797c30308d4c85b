import { SottoApp } from './sotto-app/sotto-app.ts';

const app = document.querySelector('sotto-app');
if (app instanceof SottoApp) window.sotto = app;
