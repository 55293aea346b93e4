import type { AgentMode } from './agent.ts'
import { parseRateLimits } from './account/rate-limits.ts'
import type { RateLimit } from './account/rate-limits.ts'
import type { ProfileMode } from './profile/profile-keeper.ts'

/** What the application was seen to do, and what is made of it. */
export interface ProfileOptions {
  /** File of the profile, for review. */
  readonly path: string
  readonly mode: ProfileMode
}

/** Settings of the agent in an application. */
export interface ProtectOptions {
  /** `monitor` reports and lets everything through; default `monitor`. A forwarder's policy replaces it. */
  readonly mode?: AgentMode
  /** Name of the application in events; default the name of the folder it runs in. */
  readonly service?: string
  /** Unix socket of the forwarder; without one, events stay in a ring of this process. */
  readonly socketPath?: string
  /** What the forwarder knows this application by; default: the content of `<socketPath>.token`. */
  readonly token?: string
  /** A proxy on this host stands in front: its `X-Forwarded-For` tells the client. */
  readonly trustsProxy?: boolean
  /** Requests of one client to one route in some time; beyond them the answer is 429. */
  readonly rateLimits?: readonly RateLimit[]
  /** Learn what places in the application do, and object to what they never did. */
  readonly profile?: ProfileOptions
}

const modes: readonly AgentMode[] = ['off', 'monitor', 'enforce']

const profileModes: readonly ProfileMode[] = ['off', 'learn', 'monitor', 'enforce']

function modeOf(text: string | undefined): AgentMode {
  return modes.find((mode) => mode === text?.toLowerCase()) ?? 'monitor'
}

function rateLimitsIn(text: string | undefined): { readonly rateLimits?: readonly RateLimit[] } {
  if (text === undefined || text === '') return {}
  try {
    return { rateLimits: parseRateLimits(text) }
  } catch (error) {
    // An application must start whatever stands in a variable of its agent.
    process.emitWarning(String(error), { code: 'SEVENFOLD_AGENT_OPTION' })
    return {}
  }
}

/**
 * Reads `SEVENFOLD_RUNTIME_MODE`, `SEVENFOLD_RUNTIME_SOCKET`, `SEVENFOLD_RUNTIME_TOKEN`, `SEVENFOLD_SERVICE`,
 * `SEVENFOLD_RUNTIME_TRUST_PROXY`, `SEVENFOLD_RUNTIME_PROFILE`, `SEVENFOLD_RUNTIME_PROFILE_MODE` and `SEVENFOLD_RUNTIME_RATE_LIMITS`. An unknown mode is
 * `monitor`.
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): ProtectOptions {
  const service = env['SEVENFOLD_SERVICE']
  const socketPath = env['SEVENFOLD_RUNTIME_SOCKET']
  const token = env['SEVENFOLD_RUNTIME_TOKEN']
  const profile = env['SEVENFOLD_RUNTIME_PROFILE']
  const profileMode = env['SEVENFOLD_RUNTIME_PROFILE_MODE']?.toLowerCase()
  return {
    mode: modeOf(env['SEVENFOLD_RUNTIME_MODE']),
    ...(service === undefined || service === '' ? {} : { service }),
    ...(socketPath === undefined || socketPath === '' ? {} : { socketPath }),
    ...(token === undefined || token === '' ? {} : { token }),
    ...(profile === undefined || profile === ''
      ? {}
      : { profile: { path: profile, mode: profileModes.find((mode) => mode === profileMode) ?? 'monitor' } }),
    ...rateLimitsIn(env['SEVENFOLD_RUNTIME_RATE_LIMITS']),
    trustsProxy: env['SEVENFOLD_RUNTIME_TRUST_PROXY'] === '1',
  }
}
