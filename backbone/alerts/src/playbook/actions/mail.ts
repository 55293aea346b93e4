import { plainText } from '../../write/chat-text.ts'
import { headerText } from '../../write/mail-header.ts'
import { fill } from '../scope.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action, ActionCall, Mail } from './action.ts'

const usualText = `{{level}} incident {{id}}: {{title}}

seen      {{first}} to {{last}}, {{count}} alerts, score {{score}}
who       {{source}} {{user}} {{part}}
layers    {{layers}}
ATT&CK    {{tactics}} {{techniques}}
last      {{sample}}
`

function recipients(text: string): readonly string[] {
  return text.split(',').map((address) => address.trim())
}

function mailOf({ settings, scope }: ActionCall): Mail {
  const texts = Object.fromEntries(
    Object.entries(scope.texts).map(([name, text]) => [name, plainText(text, 500)]),
  )
  return {
    to: recipients(setting(settings, 'to')),
    subject: headerText(
      fill(setting(settings, 'subject') || '[sevenfold] {{level}}: {{title}} ({{id}})', scope),
    ),
    text: fill(setting(settings, 'text') || usualText, { ...scope, texts }),
  }
}

/**
 * Sends a mail through `playbooks.mail`.
 *
 * `mail: { to: "oncall@example.org" }`
 */
export const mail: Action = {
  name: 'mail',
  canUndo: false,
  check: (settings, path) => {
    checkTexts(settings, path, { needed: ['to'], optional: ['subject', 'text'] })
    const to = recipients(setting(settings, 'to'))
    // Recipients are the administrator's words, never values of an incident.
    if (to.length > 20 || to.some((address) => !/^[^\s@<>"{},;]{1,64}@[^\s@<>"{},;]{1,253}$/.test(address)))
      refuse(`${path}.to`, 'must be addresses, at most 20')
  },
  describe: (call) => {
    const { to, subject } = mailOf(call)
    return [`mail to ${to.join(', ')}: ${subject}`]
  },
  run: async (call, reach) => {
    const message = mailOf(call)
    await reach.mail(message)
    return { text: `mail to ${message.to.join(', ')}` }
  },
}
