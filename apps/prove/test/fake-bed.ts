import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LayerName } from '@sevenfold/event'
import type { Application, Bed } from '../src/bed/bed.ts'
import type { JudgingEvent } from '../src/matrix/judging-event.ts'
import { startSink } from '../src/sink/sink-server.ts'

/** A bed whose application and layers are a few lines: `/steal` gives the secret, layers refuse by path. */
export interface FakeBed extends Bed {
  readonly resets: readonly string[]
  /** What a layer does: true refuses the request and says so, `silent` refuses without a word, `late` tells later. */
  readonly rules: Map<LayerName, (path: string) => boolean | 'silent' | 'late'>
}

interface Gate {
  readonly server: Server
  readonly port: number
}

/** Starts a fake bed with a port for each set of layers that is asked for. */
export async function startFakeBed(layers: readonly LayerName[]): Promise<FakeBed> {
  const sink = await startSink()
  const events: JudgingEvent[] = []
  const late: JudgingEvent[] = []
  const rules: FakeBed['rules'] = new Map()
  const gates = new Map<string, Gate>()
  const resets: string[] = []
  const loot = {
    paymentKey: 'pk',
    fileKey: 'fk',
    partnerPassword: 'pp',
    partnerKey: 'pk2',
    heldReview: 'held',
  }

  const tell = (layer: LayerName, request: IncomingMessage, list: JudgingEvent[]): void => {
    const address = request.socket.remoteAddress ?? ''
    list.push({
      column: layer,
      verdict: list === late ? 'detected' : 'stopped',
      at: Date.now(),
      address,
      traces: [],
      reason: 'rule',
    })
  }

  const serve = (gate: readonly LayerName[]) => (request: IncomingMessage, response: ServerResponse) => {
    for (const layer of gate) {
      const verdict = rules.get(layer)?.(request.url ?? '') ?? false
      if (verdict === true) tell(layer, request, events)
      if (verdict === 'late') tell(layer, request, late)
      if (verdict === true || verdict === 'silent') {
        response.writeHead(403)
        response.end('refused')
        return
      }
    }
    response.end(request.url?.startsWith('/steal') === true ? 'pk' : 'innocent')
  }

  const listen = async (gate: readonly LayerName[]): Promise<void> => {
    const server = createServer(serve(gate))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    gates.set(gate.join('+'), { server, port })
  }
  const application = (): Application => ({
    folder: '/nowhere',
    reset: (seed) => {
      resets.push(seed)
      return Promise.resolve(loot)
    },
    state: () => Promise.resolve({ users: [], reviews: [], tables: [] }),
    victimSession: () => Promise.resolve('1'),
  })
  const [plain, guarded] = [application(), application()]
  const subsets = layers.reduce<LayerName[][]>(
    (sets, layer) => [...sets, ...sets.map((set) => [...set, layer])],
    [[]],
  )
  for (const subset of subsets) await listen(subset)
  let polls = 0
  return {
    dataDir: undefined,
    layers,
    sink,
    missWindowMs: 2000,
    resets,
    rules,
    target: ({ layers: wanted }) => {
      const port = gates.get(wanted.join('+'))?.port ?? 0
      return { host: '127.0.0.1', port, direct: wanted.length === 0 }
    },
    origin: () => ({ host: '127.0.0.1', port: gates.get('')?.port ?? 0, direct: true }),
    application: ({ layers: wanted }) => (wanted.includes('runtime') ? guarded : plain),
    processes: () => [],
    // Late events turn up with the second look, as those of a real detection do.
    judgements: () => Promise.resolve(polls++ === 0 ? [...events] : [...events, ...late]),
    close: async () => {
      for (const { server } of gates.values()) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      await sink.close()
    },
  }
}
