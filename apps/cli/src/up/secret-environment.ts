/** Names of the variables that a compiled configuration refers to, as `{ env: NAME }`. */
function referredVariables(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const { env } = value as { readonly env?: unknown }
  const own = typeof env === 'string' ? [env] : []
  return [...own, ...Object.values(value).flatMap(referredVariables)]
}

/** What the client of an object store reads; the configuration holds no credentials. */
export const storeVariables: readonly string[] = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
]

type Environment = Readonly<Record<string, string | undefined>>

/** The secrets of one part: only the variables that its own configuration names. */
export function secretEnvironment(
  config: unknown,
  env: Environment,
  others: readonly string[] = [],
): Record<string, string> {
  const names = new Set([...referredVariables(config), ...others])
  const given = [...names].flatMap((name): [string, string][] => {
    const value = env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(given)
}
