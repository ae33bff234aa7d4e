import { BertrandError } from '../../../../src/error.ts';

/** Reserves a run's name for this tab until the function that it resolves to is called. */
export function lock(name: string): Promise<() => void> {
  if (!('locks' in navigator)) return Promise.resolve(() => {}); // withheld from pages that are not secure, which keep no files
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(`bertrand run ${name}`, { ifAvailable: true }, (granted) => {
      if (granted) return new Promise<void>((release) => resolve(() => release()));
      reject(new BertrandError(`the run ${name} is open in another tab`, { advice: 'close it there first' }));
      return undefined;
    });
    held.catch(reject);
  });
}
