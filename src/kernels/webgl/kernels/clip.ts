/** The factor that clips gradients to a global norm of at most clipNorm; 0 means no clipping. */
export const clip = `function clip(squaredNorm, clipNorm) {
  let norm = Math.sqrt(squaredNorm);
  let factor = 1;
  if (clipNorm > 0 && norm > clipNorm) {
    factor = clipNorm / norm;
  }
  return factor;
}`;
