/** A client of the Local API and where its key lies. */
export interface BenchBouncer {
  readonly name: string
  readonly key: { readonly file: string }
}

/** Compiled configuration of a detection layer that bans, with a Local API on a free port of loopback. */
export function detectionConfig(bouncers: readonly BenchBouncer[]): object {
  return {
    v: 1,
    spoolBytes: 16_777_216,
    mode: 'enforce',
    api: { listen: { host: '127.0.0.1', port: 0 }, hosts: ['localhost'], bouncers },
    neverBan: [],
    banDurationMs: 3_600_000,
    sources: [],
    sites: [],
    declaredProxies: [],
    trusted: [],
  }
}
