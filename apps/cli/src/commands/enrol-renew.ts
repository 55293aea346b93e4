import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold enrol renew`. */
export const enrolRenew: Command = {
  name: 'enrol renew',
  summary: 'get new certificates for this host now, instead of at half of their life',
  details: 'Run on the host that was enrolled. The old certificate is shown; each new one has a new key.',
  options: {
    layer: { type: 'string', value: 'LAYER', help: 'only this layer', default: 'all that are enrolled' },
    ...placeOptions,
  },
  examples: ['sevenfold enrol renew'],
  run: async (call) => {
    const { HostLink, createLogger, isEnrolled, readHostFiles, renewEnrolment, systemClock } =
      await import('@sevenfold/layer')
    const folder = await dataFolder(call)
    const only = call.text('layer')
    const parts = (existsSync(folder) ? readdirSync(folder) : [])
      .filter((part) => (only === undefined || part === only) && isEnrolled(join(folder, part)))
      .toSorted()
    if (parts.length === 0)
      throw environmentError(`nothing in ${folder} is enrolled`, 'enrol it first: sevenfold enrol TOKEN')
    const renewed: { layer: string; certificateEnds: string }[] = []
    for (const part of parts) {
      const partDir = join(folder, part)
      const link = HostLink.open({
        partDir,
        agentId: (host) => `${part}/${host}.renew`,
        slot: 'renew',
        clock: systemClock,
        log: createLogger({ agent: 'cli', clock: systemClock, write: () => undefined }),
      })
      if (link === undefined) continue
      try {
        await renewEnrolment(partDir, link)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw environmentError(
          `the certificate of ${part} was not renewed: ${why}`,
          'is the backbone reachable, and is this host still enrolled? sevenfold enrol list there',
          error,
        )
      } finally {
        link.client('ledger').close()
      }
      const ends = readHostFiles(partDir)?.certificate.notAfterMs ?? 0
      renewed.push({ layer: part, certificateEnds: new Date(ends).toISOString() })
    }
    if (call.json) call.io.out(JSON.stringify(renewed))
    else
      for (const one of renewed)
        call.io.out(`${one.layer}: the new certificate holds until ${one.certificateEnds}`)
    return 0
  },
}
