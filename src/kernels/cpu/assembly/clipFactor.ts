/** In all lanes, what gradients are multiplied by to have a global norm of at most `most`; 0 for no clipping. */
export function clipFactor(squaredNorm: usize, most: f32): v128 {
  const norm = sqrt(<f64>load<f32>(squaredNorm));
  const limit = <f64>most;
  return f32x4.splat(limit > 0 && norm > limit ? <f32>(limit / norm) : 1);
}
