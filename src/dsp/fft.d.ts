// fft.js ships declarations that are all `any`; this is the part in use.
declare module 'fft.js' {
  export default class FFT {
    constructor(size: number);
    transform(out: Float64Array, data: Float64Array): void;
    realTransform(out: Float64Array, data: Float64Array): void;
    inverseTransform(out: Float64Array, data: Float64Array): void;
  }
}
