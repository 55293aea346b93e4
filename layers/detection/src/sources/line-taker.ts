import type { DetectionConfig } from '@sevenfold/config'
import type { HubJudge } from '../judge/hub-judge.ts'
import type { Judge } from '../judge/judge.ts'

/** A source, as the configuration names it. */
export type SourceConfig = DetectionConfig['sources'][number]

/** Who reads the lines: the scenarios that are built in, and hub rules where there are any. */
export interface LineJudges {
  readonly judge: Judge
  readonly hub: HubJudge | undefined
}

/** Kinds of sources as rules know them (`evt.Line.Module`). */
const modules = {
  file: 'file',
  journald: 'journalctl',
  syslog: 'syslog',
  docker: 'docker',
  http: 'http',
  kubernetesAudit: 'http',
} as const

/** Where lines of a source come from. */
export type SourceOrigin = keyof typeof modules

/** The one origin that a source has. */
export function originOf(source: SourceConfig): SourceOrigin {
  const found = (Object.keys(modules) as SourceOrigin[]).find((origin) => source[origin] !== undefined)
  return found ?? 'file'
}

/** The source for people and messages. */
export function sourceName(source: SourceConfig): string {
  const origin = originOf(source)
  if (source.file !== undefined) return source.file
  const listen = source.syslog?.listen ?? source.http?.listen ?? source.kubernetesAudit?.listen
  return listen === undefined ? origin : `${origin} ${listen.host}:${listen.port}`
}

/** Time, host and tag that a syslog daemon writes before a message. */
const syslogHead = /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\S{1,40}) \S{1,255} \S{1,128}?: /

/** The message alone, for forms that know no head before it; hub parsers take the head off themselves. */
function messageOf(text: string, origin: SourceOrigin): string {
  return origin === 'syslog' || origin === 'journald' ? text.replace(syslogHead, '') : text
}

/** Gives one line, and where it is from, to all that can read it; true when somebody could. */
export function lineTaker(
  source: SourceConfig,
  { judge, hub }: LineJudges,
  nowMs: () => number,
): (text: string, from: string) => boolean {
  const { format, type, labels, site } = source
  const origin = originOf(source)
  const ofSite = site === undefined ? {} : { site }
  const hubSource = {
    labels: new Map(Object.entries({ ...labels, type: type ?? '' })),
    module: modules[origin],
    site: site ?? '',
  }
  return (text, from) => {
    const byHub = type !== undefined && hub?.takeLine(text, { ...hubSource, file: from }) === true
    const byOurs =
      format !== undefined && judge.takeLine(messageOf(text, origin), { format, nowMs: nowMs(), ...ofSite })
    return byHub || byOurs
  }
}
