/**
 * Lets the machine's other events through: signals, timers, files, messages. Not by a timer, since browsers make those
 * wait for 4 ms.
 */
export function pace(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(undefined);
    }
  });
}
