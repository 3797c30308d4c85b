/** The name under which the processor is registered: with the version, so that two copies on one page do not clash. */
export const PROCESSOR_NAME = 'sotto/separator@0.1.0';
