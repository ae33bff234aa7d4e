/** What a browser offers to the devices, so that a test of them knows what it runs on. */
export async function probe(): Promise<{ webgl2: string; floatTextures: boolean; webgpu: string; isolated: boolean }> {
  const gl = document.createElement('canvas').getContext('webgl2');
  const names = gl?.getExtension('WEBGL_debug_renderer_info');
  const adapter = await navigator.gpu?.requestAdapter();
  return {
    webgl2: gl && names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : 'none',
    floatTextures: Boolean(gl?.getExtension('EXT_color_buffer_float')),
    webgpu: adapter ? `${adapter.info.vendor} ${adapter.info.architecture}` : 'none',
    isolated: crossOriginIsolated,
  };
}
