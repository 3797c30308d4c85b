import { PARAMETERS } from '../src/parameters.ts';
import type { ProcessorOptions, ToProcessor } from '../src/separator/messages.ts';
import { PROCESSOR_NAME } from '../src/separator/processor-name.ts';
import { SeparatorSession } from '../src/separator/session.ts';

/** The shell: everything it does is in SeparatorSession. */
class SeparatorProcessor extends AudioWorkletProcessor {
  static get parameterDescriptors() {
    return PARAMETERS.map(({ name, defaultValue, minValue, maxValue }) => ({
      name,
      defaultValue,
      minValue,
      maxValue,
      automationRate: 'k-rate' as const,
    }));
  }

  #session: SeparatorSession | undefined;

  constructor(options: { processorOptions: ProcessorOptions }) {
    super();
    try {
      this.#session = new SeparatorSession(options.processorOptions, sampleRate, (message, transfer) =>
        this.port.postMessage(message, transfer ?? []),
      );
    } catch (error) {
      this.port.postMessage({
        type: 'fault',
        message: String(error instanceof Error ? error.message : error),
      });
    }
    this.port.onmessage = ({ data }) => this.#session?.receive(data as ToProcessor);
  }

  process(
    inputs: Float32Array[][],
    outputs: Float32Array[][],
    parameters: Record<string, Float32Array>,
  ): boolean {
    const session = this.#session;
    if (!session) return false;
    session.process(inputs[0] ?? [], outputs[0] ?? [], parameters);
    return session.active;
  }
}

registerProcessor(PROCESSOR_NAME, SeparatorProcessor);
