/** A request of a nuclei template. */
export interface NucleiRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** What a template expects of its requests. */
export interface NucleiTemplate {
  readonly requests: readonly NucleiRequest[]
  /** Statuses by position of the request, from 1; key 0 stands for any of them. */
  readonly statuses: readonly (readonly [position: number, isEqual: boolean, status: number])[]
}

interface Step {
  readonly raw?: readonly string[]
  readonly method?: string
  readonly path?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly payloads?: Readonly<Record<string, readonly string[]>>
  readonly matchers?: readonly {
    readonly type: string
    readonly status?: readonly number[]
    readonly dsl?: readonly string[]
  }[]
}

const host = 'app.example.org'

function fill(text: string, payloads: Step['payloads']): string {
  return text.replaceAll(/\{\{([^{}]*)\}\}/g, (whole, name: string) => {
    const payload = payloads?.[name]?.[0]
    if (payload !== undefined) return payload.replaceAll(/\\([{}])/g, '$1')
    if (name === 'Hostname' || name === 'Host') return host
    if (name === 'BaseURL' || name === 'RootURL') return `http://${host}`
    const encoded = /^base64\((\w+)\)$/.exec(name)?.[1]
    if (encoded !== undefined)
      return Buffer.from(fill(payloads?.[encoded]?.[0] ?? encoded, undefined)).toString('base64')
    const base64 = /^base64_decode\('([^']*)'\)$/.exec(name)?.[1]
    if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('latin1')
    return /^[a-z_]+(?:\(.*\))?$/i.test(name) ? 'abcdefghij' : whole
  })
}

function readRaw(text: string): NucleiRequest {
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n\n')
  const [line = '', ...headerLines] = head.split('\n').filter((each) => !each.startsWith('@'))
  const match = /^(\S+) (.*?)(?: HTTP\/[\d.]+)?$/.exec(line.trim())
  const headers = headerLines.flatMap((each): (readonly [string, string])[] => {
    const split = each.indexOf(':')
    // The tests' own client sends no empty User-Agent.
    if (/^user-agent:\s*$/i.test(each)) return []
    return split < 1 ? [] : [[each.slice(0, split), each.slice(split + 1).trim()]]
  })
  return {
    method: match?.[1] ?? 'GET',
    target: match?.[2] ?? '/',
    headers,
    body: rest.join('\n\n').replace(/\n$/, ''),
  }
}

function ofStep(step: Step): NucleiRequest[] {
  const fromRaw = (step.raw ?? []).map((raw) => readRaw(fill(raw, step.payloads)))
  const fromPath = (step.path ?? []).map((path): NucleiRequest => {
    const target = fill(path, step.payloads).replace(`http://${host}`, '')
    const headers = Object.entries(step.headers ?? {}).map(
      ([name, value]) => [name, fill(String(value), step.payloads)] as const,
    )
    return {
      method: step.method ?? 'GET',
      target: target === '' ? '/' : target,
      headers: [['Host', host], ...headers],
      body: fill(step.body ?? '', step.payloads),
    }
  })
  return [...fromRaw, ...fromPath]
}

function statusesOf(step: Step, before: number): NucleiTemplate['statuses'] {
  return (step.matchers ?? []).flatMap((matcher) => [
    ...(matcher.status ?? []).map((status) => [0, true, status] as const),
    ...(matcher.dsl ?? []).flatMap((text) =>
      [...text.matchAll(/status_code(?:_(\d+))?\s*(==|!=)\s*(\d+)/g)].map(
        (found) =>
          [
            found[1] === undefined ? 0 : before + Number(found[1]),
            found[2] === '==',
            Number(found[3]),
          ] as const,
      ),
    ),
  ])
}

/** Reads the requests and expected statuses of a nuclei template. */
export function readNuclei(template: unknown): NucleiTemplate {
  const { http, requests: older } = template as { http?: readonly Step[]; requests?: readonly Step[] } // public data
  const steps = http ?? older ?? []
  const requests: NucleiRequest[] = []
  const statuses: NucleiTemplate['statuses'][number][] = []
  const variables = Object.entries(
    (template as { variables?: Readonly<Record<string, string>> }).variables ?? {},
  )
  const shared = Object.fromEntries(
    variables.map(([name, value]) => [name, [fill(String(value), undefined)]]),
  )
  for (const each of steps) {
    const step: Step = { ...each, payloads: { ...shared, ...each.payloads } }
    statuses.push(...statusesOf(step, requests.length))
    requests.push(...ofStep(step))
  }
  return { requests, statuses }
}
