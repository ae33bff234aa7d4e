import type { Communicator } from './communicator.ts';

/** The text that rank 0 has. */
export async function broadcastText(ranks: Communicator, text: string): Promise<string> {
  if (ranks.size === 1) return text;
  const own = new TextEncoder().encode(text);
  const length = Float64Array.of(own.length);
  await ranks.broadcast(length);
  const bytes = ranks.rank === 0 ? own : new Uint8Array(length[0]);
  await ranks.broadcast(bytes);
  return ranks.rank === 0 ? text : new TextDecoder().decode(bytes);
}

/** The texts of all ranks, in their order. */
export async function gatherTexts(ranks: Communicator, text: string): Promise<string[]> {
  const own = new TextEncoder().encode(text);
  const lengths = new Float64Array(ranks.size);
  lengths[ranks.rank] = own.length;
  await ranks.sum(lengths);
  const widest = Math.max(...lengths);
  const bytes = new Float32Array(ranks.size * widest); // each rank adds its own to the others' zeros
  bytes.set(own, ranks.rank * widest);
  await ranks.sum(bytes);
  return Array.from(lengths, (length, rank) =>
    new TextDecoder().decode(Uint8Array.from(bytes.subarray(rank * widest, rank * widest + length))),
  );
}
