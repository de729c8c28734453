// The words for efforts that each generation of the vendor's models takes: it answers the rest with a 400.

const common = ['low', 'medium', 'high'] as const

/** Of the vendor's own models, by the name without a router's prefix. */
export function effortsOf(name: string): readonly string[] {
  const numbered = /^(?:ft:)?gpt-(\d+)(?:\.(\d+))?(-pro)?/.exec(name)
  if (numbered === null) return common
  const [, major, minor = '0', pro] = numbered
  const version = Number(major) * 100 + Number(minor)
  if (version === 500) return pro === undefined ? ['minimal', ...common] : ['high']
  const most = version < 502 ? [] : version < 506 ? ['xhigh'] : ['xhigh', 'max']
  return pro === undefined ? ['none', ...common, ...most] : ['medium', 'high', ...most]
}

/** What servers of other vendors have in common. A word of their own stays: who uses one knows the server. */
export const effortsElsewhere: readonly string[] = ['none', 'minimal', ...common]
