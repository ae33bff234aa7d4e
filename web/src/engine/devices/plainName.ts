const VENDORS: Readonly<Record<string, string>> = {
  amd: 'AMD',
  apple: 'Apple',
  arm: 'Arm',
  intel: 'Intel',
  nvidia: 'NVIDIA',
  qualcomm: 'Qualcomm',
};

/** A graphics card's name without what only its driver's maker understands. */
export function plainName(name: string): string {
  const [, software] = /(swiftshader|llvmpipe|basic render)/i.exec(name) ?? [];
  if (software) return SOFTWARE[software.toLowerCase()];
  const [vendor, ...family] = name.split(' ');
  if (vendor in VENDORS) return `${VENDORS[vendor]}${family.length > 0 ? ` (${family.join(' ')})` : ''}`;
  const plain = (/^ANGLE \([^,]*, (.*), [^,]*\)$/.exec(name)?.[1] ?? name)
    .replace(/^ANGLE Metal Renderer: /, '')
    .replace(/^Vulkan [\d.]+ \((.*)\)$/, '$1')
    .replaceAll(/\((?:R|TM|C|0x[\da-f]+)\)/gi, ' ')
    .replace(/ Direct3D.*$/, '')
    .replace(/^Mesa (?:DRI )?/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain === 'a GPU without a name' ? 'a graphics card without a name' : plain;
}

const SOFTWARE: Readonly<Record<string, string>> = {
  swiftshader: 'SwiftShader',
  llvmpipe: 'llvmpipe',
  'basic render': 'Microsoft’s renderer',
};
