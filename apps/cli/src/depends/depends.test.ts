import { describe, expect, it } from 'vitest'
import { sharedAmong } from './dependency.ts'
import type { Dependency } from './dependency.ts'
import { layerOfText } from './layer-of-text.ts'
import { readManifests } from './read-manifests.ts'
import { packagesBelow, readPackages } from './read-packages.ts'
import { parseUnit, readUnits } from './read-units.ts'

const lean = (layer: string, kind: Dependency['kind'], name: string): Dependency => ({
  layer,
  kind,
  name,
  evidence: 'x',
})

describe('sharedAmong', () => {
  it('names what two or more layers lean on, one user first', () => {
    const shared = sharedAmong([
      lean('edge', 'package', 'zod'),
      lean('detection', 'package', 'zod'),
      lean('edge', 'user', 'root'),
      lean('detection', 'user', 'root'),
      lean('detection', 'user', 'root'),
      lean('ledger', 'user', 'ledger'),
      lean('edge', 'volume', 'data'),
      lean('ledger', 'volume', 'data'),
    ])
    expect(shared.map(({ kind, layers }) => `${kind} ${layers.join('+')}`)).toEqual([
      'user detection+edge',
      'volume edge+ledger',
      'package detection+edge',
    ])
    expect(shared.map(({ takesDown }) => takesDown)).toEqual([true, true, false])
  })
})

describe('readUnits', () => {
  const unit = (more: string): string =>
    `[Unit]\nRequires=sevenfold-ledger.service\n[Service]\nExecStart=/usr/bin/node /opt/sevenfold/layers/edge/dist/main.js\n${more}`
  it('reads user, credentials, folders and requirements', () => {
    const found = readUnits([
      {
        path: 'sevenfold-edge.service',
        text: unit(
          'User=sf-edge\nEnvironmentFile=-/etc/sevenfold/edge.env\nReadWritePaths=/var/lib/sevenfold/edge \\\n  /run/sevenfold\n',
        ),
      },
    ])
    expect(found.map(({ layer, kind, name }) => `${layer} ${kind} ${name}`)).toEqual([
      'edge user sf-edge',
      'edge service sevenfold-ledger.service',
      'edge credential /etc/sevenfold/edge.env',
      'edge volume /var/lib/sevenfold/edge',
      'edge volume /run/sevenfold',
    ])
  })
  it('knows that a unit without a user runs as root, and that a dynamic user is nobody else', () => {
    expect(readUnits([{ path: 'sevenfold-edge.service', text: unit('') }])).toContainEqual(
      expect.objectContaining({ kind: 'user', name: 'root' }),
    )
    expect(
      readUnits([{ path: 'sevenfold-edge.service', text: unit('DynamicUser=yes') }]).some(
        ({ kind }) => kind === 'user',
      ),
    ).toBe(false)
  })
  it('leaves units of others alone', () => {
    expect(readUnits([{ path: 'nginx.service', text: '[Service]\nExecStart=/usr/sbin/nginx\n' }])).toEqual([])
  })
  it('reads comments, continued lines and emptied lists as systemd does', () => {
    const settings = parseUnit('[Service]\n# User=a\nUser=b\nUser=\nUser=c\n')
    expect(settings.get('Service.User')).toEqual(['c'])
  })
})

const compose = `services:
  edge: { image: sevenfold/edge, user: "1001", volumes: ["data:/data", "/etc/tls:/tls:ro"], networks: [front] }
  detection: { image: sevenfold/detection, user: "1002", volumes: ["data:/data"], networks: [front], secrets: [api] }
  shop: { image: shop }
`
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: sevenfold-edge, namespace: web }
spec: { template: { spec: { serviceAccountName: sf, containers: [{ image: sevenfold/edge }], volumes: [{ hostPath: { path: /srv } }, { secret: { secretName: tls } }] } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: sevenfold-ledger, namespace: web }
spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: sf, containers: [{ image: sevenfold/ledger }] } } } } }
`

describe('readManifests', () => {
  it('reads a Compose file', () => {
    const shared = sharedAmong(readManifests([{ path: 'compose.yml', text: compose }]))
    expect(shared.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'host the Docker host',
      'volume data',
      'network front',
    ])
  })
  it('reads Kubernetes manifests', () => {
    const found = readManifests([{ path: 'k8s.yml', text: manifest }])
    expect(sharedAmong(found).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'user service account web/sf',
      'network namespace web',
    ])
    expect(found).toContainEqual(expect.objectContaining({ kind: 'credential', name: 'tls' }))
  })
  it('passes over what is no YAML and what is not ours', () => {
    expect(
      readManifests([
        { path: 'a.yml', text: '{' },
        { path: 'b.yml', text: 'services: { db: { image: postgres } }' },
        { path: 'c.yml', text: 'services: 5' },
      ]),
    ).toEqual([])
  })
})

describe('packages', () => {
  it('are followed to the end, and two parts share some', () => {
    expect(packagesBelow('@sevenfold/alerts', import.meta.dirname)).toContain('@sevenfold/event')
    expect(sharedAmong(readPackages()).some(({ name }) => name === '@sevenfold/event')).toBe(true)
  })
  it('of a package that is not there are none', () => {
    expect(packagesBelow('@sevenfold/none', import.meta.dirname).size).toBe(0)
  })
})

describe('layerOfText', () => {
  for (const [text, layer] of [
    ['sevenfold-edge.service', 'edge'],
    ['registry.example/sevenfold/detection:1', 'detection'],
    ['edge-router', undefined],
    ['sevenfold-knowledge', undefined],
  ] as const)
    it(`takes ${text} for ${layer ?? 'none of ours'}`, () => expect(layerOfText(text)).toBe(layer))
})
