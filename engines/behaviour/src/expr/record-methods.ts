import {
  recordType,
  type AlertEventRecord,
  type AppsecRecord,
  type EventRecord,
  type OverflowRecord,
} from '../record.ts'

const typeNames: Readonly<Record<EventRecord['Type'], string>> = {
  [recordType.log]: 'log',
  [recordType.overflow]: 'overflow',
  [recordType.appsec]: 'appsec',
}

/** `log`, `overflow` or `appsec`. */
export function eventTypeName(evt: EventRecord): string {
  return typeNames[evt.Type]
}

/** The value of a meta key; of an overflow, that of the first of its events that has one. Empty when there is none. */
export function metaOfRecord(evt: EventRecord, key: string): string {
  if (evt.Type !== recordType.overflow) return evt.Meta.get(key) ?? ''
  for (const alert of evt.Overflow?.APIAlerts ?? []) {
    for (const event of alert.Events) {
      const value = metaOfAlertEvent(event, key)
      if (value !== '') return value
    }
  }
  return ''
}

/** The value of a meta key of an alert's event; empty when there is none. */
export function metaOfAlertEvent(event: AlertEventRecord, key: string): string {
  return event.Meta.find((item) => item.Key === key)?.Value ?? ''
}

/** Always true, so that it can stand in a filter. */
export function setMeta(evt: EventRecord, key: string, value: string): boolean {
  evt.Meta.set(key, value)
  return true
}

/** Always true, so that it can stand in a filter. */
export function setParsed(evt: EventRecord, key: string, value: string): boolean {
  evt.Parsed.set(key, value)
  return true
}

/** The source address of a log event, or those of an overflow. */
export function addressesOf(evt: EventRecord): readonly string[] {
  if (evt.Type === recordType.overflow) return evt.Overflow === undefined ? [] : sourceKeys(evt.Overflow)
  const ip = evt.Meta.get('source_ip') ?? ''
  return ip === '' ? [] : [ip]
}

/** The values of an overflow's sources. */
export function sourceKeys(overflow: OverflowRecord): readonly string[] {
  return [...overflow.Sources.keys()]
}

/** Numbers of the rules that matched, as ints. */
export function ruleIdsOf(appsec: AppsecRecord): readonly bigint[] {
  return appsec.MatchedRules.flatMap((rule) => {
    const id = rule.get('id')
    return typeof id === 'bigint' ? [id] : typeof id === 'number' ? [BigInt(Math.trunc(id))] : []
  })
}

/** A text of the first rule that matched; empty when there is none. */
export function firstRuleText(appsec: AppsecRecord, name: string): string {
  const value = appsec.MatchedRules[0]?.get(name)
  return typeof value === 'string' ? value : ''
}
