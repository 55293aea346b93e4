import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { adminSchema } from '../schema/backbone.ts'
import { detectionSchema } from '../schema/detection.ts'
import { siteSchema } from '../schema/site.ts'
import type { Listen } from '../schema/address.ts'
import { edgeSchema } from '../schema/edge.ts'
import { checkConnections } from './check-connections.ts'
import { checkSteps } from './check-steps.ts'
import type { Finding } from './explain-issue.ts'
import type { z } from 'zod'

type Site = z.output<typeof siteSchema>

interface Placed<T> {
  readonly value: T
  readonly path: readonly PropertyKey[]
}

interface Listener extends Placed<Listen> {
  readonly owner: string
}

/** The parts of a file that are right by themselves; the wrong ones have been reported already. */
interface Readable {
  readonly sites: readonly Placed<Site>[]
  readonly admin: z.output<typeof adminSchema> | undefined
  readonly detection: z.output<typeof detectionSchema> | undefined
  readonly edge: z.output<typeof edgeSchema> | undefined
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function readable(value: unknown): Readable {
  const sites = member(value, 'sites')
  return {
    sites: (Array.isArray(sites) ? (sites as unknown[]) : []).flatMap((site, index) => {
      const parsed = siteSchema.safeParse(site)
      return parsed.success ? [{ value: parsed.data, path: ['sites', index] }] : []
    }),
    admin: adminSchema.safeParse(member(value, 'admin') ?? {}).data,
    detection: detectionSchema.safeParse(member(value, 'detection') ?? {}).data,
    edge: edgeSchema.safeParse(member(value, 'edge') ?? {}).data,
  }
}

function listenersOf({ sites, admin, detection, edge }: Readable): Listener[] {
  // Sites last: the later one of a pair is blamed, and the earlier two have defaults that stand nowhere in the file.
  const listeners: Listener[] = []
  if (admin !== undefined) {
    listeners.push({
      owner: 'the console',
      value: admin.console.listen,
      path: ['admin', 'console', 'listen'],
    })
  }
  if (detection !== undefined) {
    listeners.push({
      owner: 'the Local API',
      value: detection.api.listen,
      path: ['detection', 'api', 'listen'],
    })
  }
  for (const { value, path } of sites) {
    if (value.listen.path === undefined) {
      listeners.push({ owner: `site ${value.name}`, value: value.listen, path: [...path, 'listen'] })
    }
  }
  for (const { value, path } of sites) {
    const redirect = value.tls?.redirect
    if (redirect !== undefined) {
      listeners.push({
        owner: `the redirect to site ${value.name}`,
        value: redirect,
        path: [...path, 'tls', 'redirect'],
      })
    }
  }
  for (const [index, { kind, listen }] of (edge?.beside ?? []).entries()) {
    if (listen.path === undefined) {
      listeners.push({
        owner: `the judgement for ${kind}`,
        value: listen,
        path: ['edge', 'beside', index, 'listen'],
      })
    }
  }
  return listeners
}

const anyAddress = new Set(['0.0.0.0', '::'])

/** True when both cannot be bound at once. Port 0 is a different free port each time. */
function collide(left: Listen, right: Listen): boolean {
  if (left.port !== right.port || left.port === 0) return false
  return left.host === right.host || anyAddress.has(left.host) || anyAddress.has(right.host)
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function portConflicts(listeners: readonly Listener[]): Finding[] {
  const findings: Finding[] = []
  for (const [index, one] of listeners.entries()) {
    const other = listeners.slice(0, index).find((earlier) => collide(earlier.value, one.value))
    const kindOf = (owner: string | undefined): string =>
      /^(?:site|the redirect) /.exec(owner ?? '')?.[0] ?? ''
    const bothSites = kindOf(one.owner) !== '' && kindOf(one.owner) === kindOf(other?.owner)
    if (other === undefined || (bothSites && one.value.host === other.value.host)) continue
    findings.push({
      code: 'CONFIG_CONFLICT',
      path: one.path,
      what: 'value',
      message: `${one.owner} and ${other.owner} listen on the same port ${one.value.port}`,
      hint: 'give each its own port',
    })
  }
  return findings
}

function siteConflicts(sites: readonly Placed<Site>[]): Finding[] {
  const findings: Finding[] = []
  const names = new Map<string, number>()
  const hosts = new Map<string, string>()
  for (const { value, path } of sites) {
    if (names.has(value.name)) {
      findings.push({
        code: 'CONFIG_CONFLICT',
        path: [...path, 'name'],
        what: 'value',
        message: `two sites have the name ${value.name}`,
      })
    }
    names.set(value.name, 1)
    for (const host of value.hosts) {
      const key = `${value.listen.path ?? `${value.listen.host}:${value.listen.port}`} ${host}`
      const other = hosts.get(key)
      if (other !== undefined && (value.listen.port !== 0 || value.listen.path !== undefined)) {
        const message = `sites ${other} and ${value.name} have the same host ${host} on the same port`
        findings.push({ code: 'CONFIG_CONFLICT', path: [...path, 'hosts'], what: 'value', message })
      }
      hosts.set(key, value.name)
    }
  }
  return findings
}

/** An upstream that is one of our own listeners would be a loop, or would hand the console to every visitor. */
function upstreamLoops(sites: readonly Placed<Site>[], listeners: readonly Listener[]): Finding[] {
  const paths = new Map(
    sites.flatMap(({ value: { listen, name } }) =>
      listen.path === undefined ? [] : [[resolve(listen.path), name] as const],
    ),
  )
  return sites.flatMap(({ value, path }) => {
    const { host, port } = value.upstream
    const served = value.upstream.path === undefined ? undefined : paths.get(resolve(value.upstream.path))
    const own = listeners.find(({ value: listen }) => {
      if (listen.port !== port || port === 0) return false
      return (
        listen.host === host || (isLoopback(host) && (isLoopback(listen.host) || anyAddress.has(listen.host)))
      )
    })
    const owner = served === undefined ? own?.owner : `site ${served}`
    if (owner === undefined) return []
    const message = `the upstream of site ${value.name} is ${owner} itself`
    return [
      {
        code: 'CONFIG_CONFLICT',
        path: [...path, 'upstream'],
        what: 'value',
        message,
        hint: 'name the port of the service behind the edge',
      },
    ]
  })
}

function exposed({ admin }: Readable, listeners: readonly Listener[]): Finding[] {
  if (admin === undefined || admin.trusted.length > 0) return []
  return listeners
    .filter(({ owner, value }) => !/^(?:site|the redirect) /.test(owner) && !isLoopback(value.host))
    .map(({ owner, path, value }) => ({
      code: 'CONFIG_EXPOSED',
      path,
      what: 'value',
      message: `${owner} would be reachable from other machines at ${value.host}`,
      hint: 'listen on 127.0.0.1, or name the networks that may reach it in admin.trusted',
    }))
}

function unknownSites({ sites, detection }: Readable): Finding[] {
  const names = new Set(sites.map(({ value }) => value.name))
  return (detection?.sources ?? []).flatMap(({ site }, index) =>
    site === undefined || names.has(site)
      ? []
      : [
          {
            code: 'CONFIG_CONFLICT',
            path: ['detection', 'sources', index, 'site'],
            what: 'value',
            message: `there is no site ${site}`,
          },
        ],
  )
}

/** What is wrong between options that are each right by themselves. Works on what can be read of a faulty file. */
export function crossCheck(value: unknown): readonly Finding[] {
  const file = readable(value)
  const listeners = listenersOf(file)
  return [
    ...siteConflicts(file.sites),
    ...portConflicts(listeners),
    ...checkConnections(file.sites, file.edge),
    ...checkSteps(file.sites),
    ...upstreamLoops(file.sites, listeners),
    ...exposed(file, listeners),
    ...unknownSites(file),
  ]
}
