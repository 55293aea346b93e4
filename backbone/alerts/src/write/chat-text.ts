/** Longest text of a chat message, in characters. */
export const maxChatLength = 3_000

function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

/**
 * Text for Slack (mrkdwn): `&`, `<` and `>` are what its markup is made of (Slack API, "Formatting text"), so a text
 * cannot call a channel, a person or hide a link.
 */
export function slackText(text: string): string {
  return bounded(oneLine(text), maxChatLength)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[`*_~]/g, (mark) => `\u200b${mark}`)
}

/** Text for Teams' adaptive cards and for Markdown: marks are escaped, mentions (`<at>`) and links come out as text. */
export function markdownText(text: string): string {
  return bounded(oneLine(text), maxChatLength)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~@]/g, (mark) => `\\${mark}`)
}

/** Text where nothing has a meaning, such as a field of PagerDuty: one line without controls, bounded. */
export function plainText(text: string, most: number = maxChatLength): string {
  return bounded(oneLine(text), most)
}
