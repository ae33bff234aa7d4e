/** What gradients are multiplied by to have a global norm of at most clipNorm; 0 for no clipping. */
export function clipFactor(squaredNorm: ArrayLike<number>, clipNorm: number): number {
  const norm = Math.sqrt(squaredNorm[0]);
  return clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
}
