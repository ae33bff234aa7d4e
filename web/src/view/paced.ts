/** Milliseconds from one drawing to the next. Nobody reads faster, and a processor that draws does not train. */
const PACE = 250;

const due = new Set<() => void>();
let last = -PACE;
let waits = false;

/** Calls back in an animation frame, in the same one as all else that waits, and at most four times a second. */
export function soon(draw: () => void): void {
  due.add(draw);
  if (waits) return;
  waits = true;
  setTimeout(() => requestAnimationFrame(drawNow), last + PACE - performance.now());
}

/** Draws what waits at once: nothing follows that it could wait for. */
export function drawNow(): void {
  waits = false;
  last = performance.now();
  const all = [...due];
  due.clear();
  for (const draw of all) draw();
}
