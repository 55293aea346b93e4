import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askControl, ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import type { Outbound } from '@sevenfold/outbound'
import { AlertsError } from '../alerts-error.ts'
import type { AlertsService } from '../alerts-service.ts'
import { detail } from '../incident/incident.ts'
import type { ActionReach } from './actions/action.ts'
import { askPart } from './ask-part.ts'
import { runProgram } from './run-program.ts'
import { sendMail } from './send-mail.ts'

/** Evidence is cut into events of at most so many characters. */
const pieceLength = 12_000

/** The one client for what leaves the machine, loaded with the first request. */
function lazyOutbound(namedHosts: readonly string[]): Outbound {
  let made: Promise<Outbound> | undefined
  return {
    request: async (url, request) => {
      made ??= import('@sevenfold/outbound').then(({ createOutbound }) => createOutbound({ namedHosts }))
      return await (await made).request(url, request)
    },
  }
}

/** What actions reach in a running process. */
export function actionReach(service: AlertsService): ActionReach {
  const { context } = service
  const { config, rootDir, dataDir } = context
  const { playbooks } = config
  return {
    outbound: lazyOutbound(playbooks.hosts),
    ask: (part, question) => askPart(join(rootDir, part, 'api.sock'), question),
    strengthen: async (part, mode, site) => {
      const answer = await askControl(join(rootDir, part, 'control.sock'), {
        id: randomUUID(),
        op: 'mode',
        actor: 'playbook:alerts',
        mode,
        reason: 'a playbook',
        ...(site === undefined ? {} : { site }),
      })
      if (!answer.ok) throw new AlertsError('ALERTS_REFUSED', answer.error.message)
    },
    run: runProgram,
    commands: new Map(playbooks.commands.map(({ name, run }) => [name, run])),
    mail: async (mail) => await sendMail(playbooks.mail, mail),
    secret: (path) => readFileSync(path, 'utf8'),
    record: (_, scope) => recordEvidence(service, scope.incident),
    keepFile: (name, text) => {
      ensurePrivateFolder(join(dataDir, 'out'))
      const path = join(dataDir, 'out', name)
      writeAtomic(path, text)
      return path
    },
  }
}

/** Writes an incident into the ledger in pieces, with the digest of the whole. */
function recordEvidence(service: AlertsService, id: string): void {
  const incident = service.book.find(id)
  if (incident === undefined) throw new AlertsError('ALERTS_NOT_FOUND', `there is no incident ${id}`)
  const text = JSON.stringify(detail(incident))
  const digest = createHash('sha256').update(text).digest('hex')
  const pieces = Math.ceil(text.length / pieceLength)
  for (let piece = 0; piece < pieces; piece += 1) {
    const draft = service.context.events.notice(
      'evidence',
      `evidence of ${id}, piece ${piece + 1} of ${pieces}`,
      60,
    )
    const original = text.slice(piece * pieceLength, (piece + 1) * pieceLength)
    service.emit(
      { ...draft, event: { ...draft.event, original } },
      { incident: id, sha256: digest, piece: String(piece + 1) },
    )
  }
}
