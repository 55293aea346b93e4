import { readFileSync } from 'node:fs'
import type { AlertsConfig } from '@sevenfold/config'
import { AlertsError } from '../alerts-error.ts'
import type { Mail } from './actions/action.ts'

type MailConfig = NonNullable<AlertsConfig['playbooks']['mail']>

function password({ key }: MailConfig): string {
  if (key === undefined) return ''
  return 'file' in key ? readFileSync(key.file, 'utf8').trim() : (process.env[key.env] ?? '')
}

/** Sends a mail through the configured server. nodemailer is loaded with the first mail. */
export async function sendMail(config: MailConfig | undefined, mail: Mail): Promise<void> {
  if (config === undefined) throw new AlertsError('ALERTS_REFUSED', 'playbooks.mail is not configured')
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host: config.host,
    port: config.port,
    secure: config.port === 465,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(config.user === undefined ? {} : { auth: { user: config.user, pass: password(config) } }),
  })
  try {
    await transport.sendMail({ from: config.from, to: [...mail.to], subject: mail.subject, text: mail.text })
  } finally {
    transport.close()
  }
}
