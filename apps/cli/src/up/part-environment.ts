/**
 * Variables that parts may see. The rest of the environment stays with the supervisor: it may hold secrets of
 * programs that have nothing to do with us, and a part that is taken over could read them.
 */
const passed = new Set([
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TERM',
  'NO_COLOR',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SEVENFOLD_DRILL_SCALE',
  'SystemRoot',
])

/** Environment of a part: what every program needs, the data folder, and what its own specification adds. */
export function partEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && passed.has(name)) kept[name] = value
  }
  return { ...kept, ...own }
}
