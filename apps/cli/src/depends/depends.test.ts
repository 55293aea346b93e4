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
  it('reads shared logs, networks and credentials by their files; the journal is no shared path', () => {
    const more = [
      'DynamicUser=yes',
      'StandardOutput=append:/var/log/all.log',
      'StandardError=journal',
      'LogsDirectory=sevenfold',
      'LoadCredential=key:/etc/key',
      'LoadCredentialEncrypted=other',
      'NetworkNamespacePath=/run/netns/in',
    ].join('\n')
    const found = readUnits([{ path: 'sevenfold-edge.service', text: unit(more) }])
    expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'service sevenfold-ledger.service',
      'credential /etc/key',
      'credential other',
      'log path sevenfold',
      'log path /var/log/all.log',
      'network /run/netns/in',
    ])
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
  it('reads merged services, long forms, host networks and secrets in the environment', () => {
    const text = `x-common: &common
  image: sevenfold:1
  user: 1000:1000
  environment: { API_KEY: abc, LOG: debug }
services:
  edge:
    <<: *common
    network_mode: host
    volumes: [/certs, { type: bind, source: ./certs, target: /certs }, { type: tmpfs, target: /tmp }]
    env_file: [{ path: .env, required: false }]
  detection:
    <<: [{ user: other }, *common]
    user: 1000:1000
    network_mode: host
    environment: [API_KEY=abc, "DATABASE_URL=\${DB}"]
    volumes: ["./certs:/certs:ro"]
    env_file: .env
    depends_on: { db: { condition: service_healthy } }
  runtime: { <<: *common, environment: { API_KEY: xyz }, network_mode: none }
  ledger: { <<: *common, network_mode: "service:edge" }
`
    const found = readManifests([{ path: 'compose.yml', text }])
    const shared = sharedAmong(found).map(({ kind, name, layers }) => `${kind} ${name} ${layers.join('+')}`)
    expect(shared).toEqual([
      'user 1000:1000 detection+edge+ledger+runtime',
      'host the Docker host detection+edge+ledger+runtime',
      'volume ./certs detection+edge',
      'credential API_KEY ba7816bf detection+edge+ledger',
      'credential .env detection+edge',
      'network the host’s network detection+edge',
    ])
    expect(found).toContainEqual(expect.objectContaining({ layer: 'ledger', kind: 'service', name: 'edge' }))
    expect(found).toContainEqual(expect.objectContaining({ kind: 'credential', name: '${DB}' }))
    expect(found).toContainEqual(expect.objectContaining({ kind: 'service', name: 'db' }))
  })
  it('reads lists of Kubernetes objects, claims, nodes and secrets of containers', () => {
    const item = (name: string, container: string): string => `
  - kind: StatefulSet
    metadata: { name: sevenfold-${name} }
    spec:
      template:
        spec:
          nodeSelector: { kubernetes.io/hostname: node1 }
          containers: [{ name: a, ${container} }]
          volumes:
            - persistentVolumeClaim: { claimName: data }
            - projected: { sources: [{ secret: { name: token } }] }`
    const text = `kind: List
items:${item('edge', 'envFrom: [{ secretRef: { name: keys } }]')}${item(
      'detection',
      'env: [{ name: K, valueFrom: { secretKeyRef: { name: keys, key: k } } }]',
    )}
`
    const shared = sharedAmong(readManifests([{ path: 'k.yml', text }]))
    expect(shared.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'user service account default/default',
      'host node1',
      'volume data',
      'credential keys',
      'credential token',
      'network namespace default',
    ])
  })
  it('passes over what is no YAML and what is not ours, and says what it could not read', () => {
    const notes: string[] = []
    const files = [
      { path: 'a.yml', text: '{' },
      { path: 'b.yml', text: 'services: { db: { image: postgres } }' },
      { path: 'c.yml', text: 'services: 5' },
      { path: 'd.yml', text: 'kind: List\nitems: 5' },
    ]
    expect(readManifests(files, (note) => notes.push(note))).toEqual([])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/^a\.yml:1: /)
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
