import type { AgentMode } from './agent.ts'

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
}

const modes: readonly AgentMode[] = ['off', 'monitor', 'enforce']

function modeOf(text: string | undefined): AgentMode {
  return modes.find((mode) => mode === text?.toLowerCase()) ?? 'monitor'
}

/**
 * Reads `SEVENFOLD_RUNTIME_MODE`, `SEVENFOLD_RUNTIME_SOCKET`, `SEVENFOLD_RUNTIME_TOKEN`, `SEVENFOLD_SERVICE` and
 * `SEVENFOLD_RUNTIME_TRUST_PROXY`. An unknown mode is `monitor`.
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): ProtectOptions {
  const service = env['SEVENFOLD_SERVICE']
  const socketPath = env['SEVENFOLD_RUNTIME_SOCKET']
  const token = env['SEVENFOLD_RUNTIME_TOKEN']
  return {
    mode: modeOf(env['SEVENFOLD_RUNTIME_MODE']),
    ...(service === undefined || service === '' ? {} : { service }),
    ...(socketPath === undefined || socketPath === '' ? {} : { socketPath }),
    ...(token === undefined || token === '' ? {} : { token }),
    trustsProxy: env['SEVENFOLD_RUNTIME_TRUST_PROXY'] === '1',
  }
}
