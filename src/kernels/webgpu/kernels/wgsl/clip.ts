/** WGSL of `clip`: what gradients are multiplied by to have a global norm of at most p.clipNorm; 0 for no clipping. */
export const CLIP = `let norm = sqrt(squaredNorm[0]);
      let clip = select(1.0, p.clipNorm / norm, p.clipNorm > 0.0 && norm > p.clipNorm);`;
