import type { Json, JsonObject } from '@sevenfold/event'
import { AlertsError } from '../../alerts-error.ts'
import { markdownText, plainText, slackText } from '../../write/chat-text.ts'
import { fill } from '../scope.ts'
import type { Scope } from '../scope.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action, ActionCall, ActionReach, Done } from './action.ts'

const usualText =
  '{{level}} incident {{id}}: {{title}} ({{source}}{{user}}{{part}}), score {{score}}, {{count}} alerts'

type Form = (text: string, scope: Scope, key: string) => Json

function fieldsOf(scope: Scope): JsonObject {
  return Object.fromEntries(Object.entries(scope.texts).map(([name, text]) => [name, plainText(text, 500)]))
}

const severities: Readonly<Record<string, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
}

/** How each receiver wants its message. The template is ours or the administrator's; the values are an attacker's. */
const forms: Readonly<Record<string, Form>> = {
  json: (text, scope) => ({ text: plainText(text), incident: fieldsOf(scope) }),
  // Addresses in a text are an attacker's: nobody fetches them to show a preview.
  slack: (text) => ({ text, mrkdwn: false, unfurl_links: false, unfurl_media: false }),
  teams: (text) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [{ type: 'TextBlock', wrap: true, text }],
        },
      },
    ],
  }),
  pagerduty: (text, scope, key) => ({
    routing_key: key,
    event_action: 'trigger',
    dedup_key: scope.incident,
    payload: {
      summary: plainText(text, 1_024),
      source: plainText(scope.texts['part'] || scope.texts['source'] || 'sevenfold', 255),
      severity: severities[scope.texts['level'] ?? ''] ?? 'info',
      custom_details: fieldsOf(scope),
    },
  }),
}

const escapes: Readonly<Record<string, (text: string) => string>> = { slack: slackText, teams: markdownText }

/** Fills the template with values that are escaped for the reader; the template's own words stay as they are. */
function messageOf({ settings, scope }: ActionCall, form: string): string {
  const escape = escapes[form] ?? plainText
  const texts = Object.fromEntries(Object.entries(scope.texts).map(([name, text]) => [name, escape(text)]))
  return fill(setting(settings, 'text') || usualText, { ...scope, texts })
}

async function post(call: ActionCall, reach: ActionReach): Promise<Done> {
  const { settings, scope } = call
  const form = setting(settings, 'form') || 'json'
  const key = settings['key'] === undefined ? '' : reach.secret(setting(settings, 'key')).trim()
  const body = (forms[form] ?? refuse('webhook.form', 'is not known'))(messageOf(call, form), scope, key)
  const headers = {
    'content-type': 'application/json',
    ...(key === '' || form === 'pagerduty' ? {} : { authorization: `Bearer ${key}` }),
  }
  const answer = await reach.outbound.request(setting(settings, 'url'), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    limits: { timeoutMs: 10_000, maxBytes: 65_536 },
  })
  if (answer.status >= 300) throw new AlertsError('ALERTS_REFUSED', `the receiver answered ${answer.status}`)
  return { text: `told ${new URL(setting(settings, 'url')).host}` }
}

function checkUrl(settings: JsonObject, path: string): void {
  const url = setting(settings, 'url')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    refuse(`${path}.url`, 'must be an http or https address')
}

/**
 * Tells somebody over HTTP, in the form of Slack, Teams, PagerDuty, or as plain JSON. The address is never made from
 * values of the incident; redirects to inner addresses are refused by core/outbound.
 *
 * `webhook: { url: "https://hooks.example/x", form: slack, text: "{{title}}" }`
 */
export const webhook: Action = {
  name: 'webhook',
  canUndo: false,
  check: (settings, path) => {
    checkTexts(settings, path, { needed: ['url'], optional: ['form', 'text', 'key'] })
    checkUrl(settings, path)
    const form = setting(settings, 'form')
    if (form !== '' && !Object.hasOwn(forms, form))
      refuse(`${path}.form`, `is one of ${Object.keys(forms).join(', ')}`)
  },
  describe: (call) => [
    `POST to ${new URL(setting(call.settings, 'url')).host}: ${messageOf(call, setting(call.settings, 'form') || 'json')}`,
  ],
  run: post,
}

/**
 * Opens a ticket: a title and a body in Markdown, posted as JSON.
 *
 * `ticket: { url: "https://tracker.example/api/issues", key: /run/secrets/tracker }`
 */
export const ticket: Action = {
  name: 'ticket',
  canUndo: false,
  check: (settings, path) => {
    checkTexts(settings, path, { needed: ['url'], optional: ['title', 'text', 'key'] })
    checkUrl(settings, path)
  },
  describe: (call) => [
    `open a ticket at ${new URL(setting(call.settings, 'url')).host}: ${ticketOf(call)['title'] as string}`,
  ],
  run: async (call, reach) => {
    const { settings } = call
    const key = settings['key'] === undefined ? '' : reach.secret(setting(settings, 'key')).trim()
    const answer = await reach.outbound.request(setting(settings, 'url'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(ticketOf(call)),
      limits: { timeoutMs: 10_000, maxBytes: 65_536 },
    })
    if (answer.status >= 300) throw new AlertsError('ALERTS_REFUSED', `the tracker answered ${answer.status}`)
    return { text: `ticket at ${new URL(setting(settings, 'url')).host}` }
  },
}

function ticketOf({ settings, scope }: ActionCall): JsonObject {
  const escaped = Object.fromEntries(
    Object.entries(scope.texts).map(([name, text]) => [name, markdownText(text)]),
  )
  return {
    // Trackers show titles as text; angle brackets are changed for those that do not.
    title: plainText(fill(setting(settings, 'title') || '{{id}}: {{title}}', scope), 200)
      .replaceAll('<', '‹')
      .replaceAll('>', '›'),
    body: fill(setting(settings, 'text') || usualText, { ...scope, texts: escaped }),
    labels: ['sevenfold', scope.texts['level'] ?? ''],
  }
}
