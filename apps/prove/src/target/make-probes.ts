import type { Outgoing } from '../visitor/visitor.ts'
import type { TargetPaths, TargetProbe } from './probe.ts'
import { probeTable } from './probe-table.ts'
import type { ProbePlace, ProbeRow } from './probe-table.ts'

const bodies: ReadonlySet<ProbePlace> = new Set(['form', 'json', 'xml'])

function post(path: string, type: string, body: string): Outgoing {
  return { method: 'POST', path, body, headers: { 'content-type': type } }
}

function withQuery(page: string, name: string, value: string): string {
  return `${page}${page.includes('?') ? '&' : '?'}${name}=${value}`
}

/** A request with the value in its place. Throws for bodies when no path takes them. */
function requestOf(place: ProbePlace, value: string, { page, post: target = '' }: TargetPaths): Outgoing {
  switch (place) {
    case 'query':
      return { path: withQuery(page, 'q', encodeURIComponent(value)) }
    case 'parameter-name':
      return { path: withQuery(page, encodeURIComponent(value), '1') }
    case 'path':
      return { path: value }
    case 'cookie':
      return { path: page, headers: { cookie: `prefs=${encodeURIComponent(value)}` } }
    case 'user-agent':
      return { path: page, headers: { 'user-agent': value } }
    case 'header':
      // Two ways to say where the message ends (RFC 9112, section 6.1); the body is empty in both.
      return value === '' ? { path: page } : smuggled(page)
    case 'form':
      return post(target, 'application/x-www-form-urlencoded', `q=${encodeURIComponent(value)}`)
    case 'json':
      return post(target, 'application/json', value)
    case 'xml':
      return post(target, 'application/xml', value)
  }
}

function smuggled(page: string): Outgoing {
  return { path: page, headers: { 'content-length': '5', 'transfer-encoding': 'chunked' }, body: '0\r\n\r\n' }
}

function probeOf({ place, hostile, innocent, ...facts }: ProbeRow, paths: TargetPaths): TargetProbe {
  return {
    ...facts,
    preconditions: bodies.has(place) ? ['a path that takes bodies'] : [],
    attack: requestOf(place, hostile, paths),
    twin: requestOf(place, innocent, paths),
  }
}

/** The probes for a site; those with a body only when a path for them was named. */
export function makeProbes(paths: TargetPaths): readonly TargetProbe[] {
  return probeTable
    .filter((row) => paths.post !== undefined || !bodies.has(row.place))
    .map((row) => probeOf(row, paths))
}
