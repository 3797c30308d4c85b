/** Entry of the training module: apart from the real-time one, so that a worklet does not carry it. */
export { factors, gather, project } from './training';
export { extrapolate, scale } from './training-elementwise';
export { carry, carryBack, divide, divideBack, multiply, raise, raiseBack } from './tuning';
