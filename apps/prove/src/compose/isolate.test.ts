import { describe, expect, it } from 'vitest'
import { IsolationError, isolate } from './isolate.ts'
import type { ComposeService, ComposeSystem } from './isolate.ts'

const target = { service: 'web', port: 8080 }
const web: ComposeService = {
  image: 'shop',
  container_name: 'shop-web',
  ports: ['80:8080'],
  networks: ['default', 'partners'],
  restart: 'always',
  depends_on: { db: { condition: 'service_healthy' } },
  volumes: [
    { type: 'volume', source: 'uploads', target: '/uploads' },
    { type: 'bind', source: '/srv/shop/config', target: '/config', read_only: true },
    { type: 'bind', source: '/srv/shop/data', target: '/data' },
  ],
}
const system: ComposeSystem = {
  name: 'shop',
  services: { web, db: { image: 'postgres', ports: ['5432:5432'] } },
  volumes: { uploads: { external: true, name: 'shop_uploads' }, rows: {} },
  networks: { partners: { external: true } },
  secrets: { key: { file: '/srv/key' } },
}

function copyOf(service: ComposeService): () => ComposeSystem {
  return () => isolate({ services: { web: service } }, target, (source) => source)
}

describe('isolate', () => {
  const copied: string[] = []
  const copy = isolate(system, target, (source) => {
    copied.push(source)
    return `/copy/${copied.length}`
  })

  it('publishes one loopback port of the attacked service and nothing else', () => {
    expect(copy.services?.['web']?.['ports']).toEqual(['127.0.0.1::8080'])
    expect(copy.services?.['db']).not.toHaveProperty('ports')
    expect(copy.services?.['web']).not.toHaveProperty('container_name')
    expect(copy.services?.['web']?.['restart']).toBe('no')
  })

  it('gives it networks of its own, without a way out', () => {
    expect(copy.services?.['db']?.['networks']).toEqual(['inside'])
    expect(copy['networks']).toMatchObject({ inside: { internal: true } })
    expect(JSON.stringify(copy)).not.toContain('partners')
  })

  it('gives it data of its own: new volumes, copies of what it may write, originals of what it may only read', () => {
    expect(copy.volumes).toEqual({ uploads: {}, rows: {} })
    expect(copied).toEqual(['/srv/shop/data'])
    expect(copy.services?.['web']?.volumes?.map(({ source }) => source)).toEqual([
      'uploads',
      '/srv/shop/config',
      '/copy/1',
    ])
  })

  it('keeps what belongs to the system itself', () => {
    expect(copy.services?.['web']).toMatchObject({ image: 'shop', depends_on: { db: {} } })
    expect(copy['secrets']).toEqual(system['secrets'])
    expect(copy).not.toHaveProperty('name')
  })

  it.each<[string, ComposeService]>([
    ['is privileged', { privileged: true }],
    ["uses the host's network", { network_mode: 'host' }],
    ["uses the host's pid", { pid: 'host' }],
    ["uses the host's ipc", { ipc: 'host' }],
    [
      'mounts the socket of the engine',
      { volumes: [{ type: 'bind', source: '/var/run/docker.sock', target: '/s', read_only: true }] },
    ],
  ])('refuses a service that %s', (why, service) => {
    expect(copyOf(service)).toThrow(IsolationError)
    expect(copyOf(service)).toThrow(why)
  })

  it('names the services when the attacked one is not there', () => {
    expect(() => isolate(system, { service: 'api', port: 1 }, String)).toThrow('there are: web, db')
    expect(() => isolate({}, target, String)).toThrow('there are: none')
  })
})
