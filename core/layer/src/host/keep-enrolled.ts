import type { Clock, Timer } from '../clock/clock.ts'
import type { Logger } from '../log/logger.ts'
import { createHostKey, hostPaths, jsonPost, readIssued } from './enrol.ts'
import { readHostFiles, writeHostFiles } from './host-files.ts'
import type { HostLink } from './host-link.ts'

/** How often the age of a certificate is looked at, in milliseconds; a tenth of its life when that is shorter. */
export const renewLookMs = 60_000

/** Asks for a new certificate with the one in force, and stores it. @throws LayerError LAYER_ENROL_*, or what the connection says. */
export async function renewEnrolment(partDir: string, link: HostLink): Promise<void> {
  const files = readHostFiles(partDir)
  if (files === undefined) return
  const { host, layer } = files.certificate.identity
  const fresh = createHostKey(host, layer)
  const answer = await link.send('ledger', jsonPost(hostPaths.renew, { request: fresh.request }))
  const issued = readIssued(answer, { key: fresh.key, root: files.root })
  writeHostFiles(partDir, issued)
}

/** Renews the certificate of a part at half of its life; tries again until it works. */
export function keepEnrolled(options: {
  readonly partDir: string
  readonly link: HostLink
  readonly clock: Clock
  readonly log: Logger
}): { stop(): void } {
  const { partDir, link, clock, log } = options
  let timer: Timer | undefined
  let isStopped = false
  const look = async (): Promise<void> => {
    const { notBeforeMs, notAfterMs } = link.certificate
    if (clock.now() < notBeforeMs + (notAfterMs - notBeforeMs) / 2) return
    try {
      await renewEnrolment(partDir, link)
      log.info('certificate-renewed', { until: new Date(link.certificate.notAfterMs).toISOString() })
    } catch (error) {
      log.warn('certificate-not-renewed', { until: new Date(notAfterMs).toISOString(), error })
    }
  }
  const arm = (): void => {
    if (isStopped) return
    const { notBeforeMs, notAfterMs } = link.certificate
    const waitMs = Math.max(500, Math.min(renewLookMs, (notAfterMs - notBeforeMs) / 10))
    timer = clock.after(waitMs, () => void look().finally(arm))
  }
  void look().finally(arm)
  return {
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
