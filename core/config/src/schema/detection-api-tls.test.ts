import { describe, expect, it } from 'vitest'
import { detectionSchema } from './detection.ts'

const files = { certificate: 'cert.pem', key: 'key.pem' }
const messages = (api: object): string[] => {
  const parsed = detectionSchema.safeParse({ api })
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('encryption of the Local API', () => {
  it.each(['127.0.0.1:7780', '127.9.9.9:1', '[::1]:7780'])('is not needed on %s', (listen) => {
    expect(messages({ listen })).toEqual([])
  })

  it.each(['0.0.0.0:7780', '[::]:7780', '192.0.2.1:7780'])('is needed on %s', (listen) => {
    expect(messages({ listen })).toEqual([
      'api.listen: is reachable from other machines, which needs detection.api.tls; else listen on 127.0.0.1',
    ])
    expect(messages({ listen, tls: files })).toEqual([])
  })

  it('knows units of bouncers and of agents, as CrowdSec names them', () => {
    const parsed = detectionSchema.parse({ api: { tls: { ...files, clients: { ca: 'ca.pem' } } } })
    expect(parsed.api.tls?.clients).toEqual({
      ca: 'ca.pem',
      bouncerUnits: ['bouncer-ou'],
      agentUnits: ['agent-ou'],
    })
  })

  it('keeps both apart', () => {
    const clients = { ca: 'ca.pem', bouncerUnits: ['a', 'b'], agentUnits: ['b'] }
    expect(messages({ tls: { ...files, clients } })).toEqual([
      'api.tls.clients.agentUnits: names a unit of bouncerUnits: a certificate is that of a bouncer or of an agent',
    ])
    expect(messages({ tls: { ...files, clients: { ...clients, bouncerUnits: [] } } })).toHaveLength(1)
  })
})
