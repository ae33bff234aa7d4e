import { BertrandError } from '../../../error.ts';

export type GlMode = 'webgl2' | 'webgl' | 'headlessgl';

/** A GL context that can hold and write float32, and what it allows. */
export interface Gl {
  readonly mode: GlMode;
  readonly context: WebGLRenderingContext | WebGL2RenderingContext;
  readonly canvas: HTMLCanvasElement | OffscreenCanvas | undefined;
  /** The GPU's name, and whether it is a software renderer. */
  readonly name: string;
  readonly software: boolean;
  /** Maximum texels in one direction. */
  readonly limit: number;
  /** Number of elements that a shader's integers can index. */
  readonly indexLimit: number;
  /** The formats of textures with one and with four numbers per texel, and how many numbers a texel occupies. */
  readonly formats: { readonly [C in 1 | 4]: { internal: number; format: number; stride: number } };
}

const settings = { alpha: false, depth: false, antialias: false, powerPreference: 'high-performance' } as const;

/** A context of that mode. Throws a BertrandError that says why none is usable. */
export function openGl(mode: 'webgl2' | 'webgl'): Gl {
  const canvas = typeof document === 'undefined' ? offscreenCanvas() : document.createElement('canvas');
  const context = canvas?.getContext(mode, settings) as WebGLRenderingContext | WebGL2RenderingContext | null;
  if (!canvas || !context)
    throw new BertrandError(`${mode} is not available`, {
      advice: "turn on the browser's hardware acceleration, and check its GPU page",
    });
  return { ...describe(mode, context), canvas };
}

function offscreenCanvas(): OffscreenCanvas | undefined {
  return typeof OffscreenCanvas === 'undefined' ? undefined : new OffscreenCanvas(2, 2);
}

/** Describes a context. Throws a BertrandError if it lacks float textures or full float32. */
export function describe(mode: GlMode, context: WebGLRenderingContext | WebGL2RenderingContext): Gl {
  const name = rendererOf(context);
  const refuse = (reason: string): never => {
    throw new BertrandError(`${mode} on ${name} ${reason}`, {
      advice: 'use another device, browser or GPU driver',
    });
  };
  // getExtension also enables the extension. headless-gl can write to float textures without listing the second.
  const [needed, helpful] =
    mode === 'webgl2' ? ['EXT_color_buffer_float'] : ['OES_texture_float', 'WEBGL_color_buffer_float'];
  if (!context.getExtension(needed)) refuse(`has no float textures (${needed} is missing)`);
  if (helpful) context.getExtension(helpful);
  const float = context.getShaderPrecisionFormat(context.FRAGMENT_SHADER, context.HIGH_FLOAT);
  if (!float || float.precision < 23) refuse('has no float32 in shaders');
  const integer = context.getShaderPrecisionFormat(context.FRAGMENT_SHADER, context.HIGH_INT);
  const rgba = { format: context.RGBA, stride: 4 };
  const gl2 = context as WebGL2RenderingContext;
  const formats =
    mode === 'webgl2'
      ? { 1: { internal: gl2.R32F, format: gl2.RED, stride: 1 }, 4: { internal: gl2.RGBA32F, ...rgba } }
      : { 1: { internal: context.RGBA, ...rgba }, 4: { internal: context.RGBA, ...rgba } };
  for (const format of [formats[1], formats[4]])
    if (!canWrite(context, format)) refuse('cannot render to float textures');
  return {
    mode,
    context,
    canvas: undefined,
    name,
    software: /swiftshader|llvmpipe|software|basic render/i.test(name),
    limit: context.getParameter(context.MAX_TEXTURE_SIZE) as number,
    indexLimit: 2 ** Math.max(24, Math.min(31, integer?.rangeMax ?? 24)),
    formats,
  };
}

function canWrite(context: WebGLRenderingContext, { internal, format }: { internal: number; format: number }): boolean {
  const [texture, framebuffer] = [context.createTexture(), context.createFramebuffer()];
  context.bindTexture(context.TEXTURE_2D, texture);
  context.texImage2D(context.TEXTURE_2D, 0, internal, 1, 1, 0, format, context.FLOAT, null);
  context.bindFramebuffer(context.FRAMEBUFFER, framebuffer);
  context.framebufferTexture2D(context.FRAMEBUFFER, context.COLOR_ATTACHMENT0, context.TEXTURE_2D, texture, 0);
  const complete = context.checkFramebufferStatus(context.FRAMEBUFFER) === context.FRAMEBUFFER_COMPLETE;
  context.deleteFramebuffer(framebuffer);
  context.deleteTexture(texture);
  return complete;
}

function rendererOf(context: WebGLRenderingContext | WebGL2RenderingContext): string {
  const names = context.getExtension('WEBGL_debug_renderer_info');
  return String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
}
