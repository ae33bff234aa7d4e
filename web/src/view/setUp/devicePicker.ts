import type { DeviceChoice as Choice } from '../../../../src/kernels/choose.ts';
import type { FoundDevice } from '../../protocol.ts';
import { h } from '../dom.ts';

const NAMES: Readonly<Record<string, string>> = {
  auto: 'Automatic',
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  cpu: 'Processor',
  reference: 'Reference',
};
const ABOUT: Readonly<Record<string, string>> = {
  webgpu: 'The graphics card, through compute shaders',
  webgl: 'The graphics card, through fragment shaders: older browsers have it too',
  cpu: 'WebAssembly, on all cores where the page may share memory',
};

/** One radio button for each device, with what it is or why it is missing. */
export class DevicePicker {
  readonly element = h('div', { class: 'radios', role: 'radiogroup', 'aria-label': 'Device' });
  readonly #choose: (device: Choice) => void;
  #reports: readonly FoundDevice[] = [];
  #chosen = 'auto';

  constructor(choose: (device: Choice) => void) {
    this.#choose = choose;
    this.#draw();
  }

  show(reports: readonly FoundDevice[]): void {
    this.#reports = reports;
    this.#draw();
  }

  choose(device: string): void {
    this.#chosen = device;
    this.#draw();
  }

  /** What will be trained on, once it is known. */
  get device(): FoundDevice | undefined {
    return this.#chosen === 'auto' ? this.#automatic : this.#reports.find(({ name }) => name === this.#chosen);
  }

  /** The same in a few words. */
  get summary(): string {
    const report = this.device;
    if (!report) return this.#chosen === 'auto' ? 'the fastest device here' : (NAMES[this.#chosen] ?? this.#chosen);
    return report.available
      ? `${NAMES[report.name]} (${report.description.split(',')[0]})`
      : `${NAMES[report.name]}, which is missing`;
  }

  get #automatic(): FoundDevice | undefined {
    return this.#reports.find(({ automatic }) => automatic);
  }

  #draw(): void {
    const automatic = this.#automatic;
    const rows = [
      this.#row('auto', automatic ? `The fastest here: ${NAMES[automatic.name]}` : 'The fastest here', true),
      ...['webgpu', 'webgl', 'cpu'].map((name) => {
        const report = this.#reports.find((report) => report.name === name);
        const missing = report && !report.available;
        const remark = report?.remark ? `. Slower here: ${report.remark}` : '';
        return this.#row(
          name,
          report
            ? `${missing ? 'Missing: ' : ''}${report.description.replace(/, products in WebAssembly.*/, '')}${remark}`
            : 'Looking…',
          !missing,
        );
      }),
    ];
    const focused = this.element.contains(document.activeElement)
      ? (document.activeElement as HTMLInputElement).value
      : undefined;
    this.element.replaceChildren(h('p', { class: 'fine' }, 'Device'), ...rows);
    if (focused) this.element.querySelector<HTMLInputElement>(`input[value="${focused}"]`)?.focus();
  }

  #row(name: string, text: string, available: boolean): HTMLElement {
    const input = h('input', {
      type: 'radio',
      name: 'device',
      value: name,
      disabled: !available,
      change: () => this.#choose(name as Choice),
    });
    input.checked = this.#chosen === name;
    return h(
      'label',
      { class: available ? 'option' : 'option missing', title: ABOUT[name] },
      input,
      h('span', {}, h('b', {}, NAMES[name]), h('small', {}, text)),
    );
  }
}
