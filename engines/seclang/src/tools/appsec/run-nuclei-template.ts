import { Buffer } from 'node:buffer'
import type { Inspector } from '@sevenfold/event'
import type { NucleiRequest, NucleiTemplate } from './nuclei-request.ts'

function statusOf(inspector: Inspector, request: NucleiRequest): number {
  const inspection = inspector.open({
    clientAddress: '192.0.2.7',
    clientPort: 4000,
    serverAddress: '192.0.2.1',
    serverPort: 80,
    tls: false,
    requestId: 'r',
    startedAtMs: 0,
  })
  const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
  const length = request.body === '' ? [] : ['Content-Length', String(Buffer.byteLength(request.body))]
  const headers = [...request.headers.flat().map(latin1), ...length]
  inspection.requestHead({
    kind: 'request',
    method: request.method,
    target: latin1(request.target),
    version: '1.1',
    headers,
  })
  if (request.body !== '') inspection.requestBody(Buffer.from(request.body))
  inspection.requestEnd()
  const end = inspection.report().interruption
  inspection.close()
  return end?.kind === 'deny' ? end.status : 200
}

/** Whether the requests of a nuclei template get the answers that it expects. A template without requests never does. */
export function runNucleiTemplate(inspector: Inspector, { requests, statuses }: NucleiTemplate): boolean {
  const found = requests.map((request) => statusOf(inspector, request))
  // Behind the tests' own server other statuses mean that the request went through.
  const holds = statuses.every(([position, isEqual, status]) => {
    const wantsRefusal = (status === 403) === isEqual
    if (position === 0) return found.some((each) => (each === 403) === wantsRefusal)
    return (found[position - 1] === 403) === wantsRefusal
  })
  return requests.length > 0 && holds
}
