import type { MadeFile } from '../report.ts'
import { toYaml } from '../to-yaml.ts'

/** Label `type` of sources with lines of syslog. */
export const syslogType = 'syslog'
/** Begin of the label `type` of a program's own file with lines like those of syslog. */
export const daemonTypePrefix = 'fail2ban-daemon-'

// Both forms of syslog in files: "Jan 31 12:00:00 host sshd[123]: …" and the one of RFC 3339 dates.
const syslogLine =
  '^(?:<\\d{1,3}>)?%{SF_TIME:timestamp} (?:%{SF_WORD:logsource} )?%{SF_PROGRAM:program}(?:\\[%{SF_DIGITS:pid}\\])?: %{GREEDYDATA:message}$'

const clock = '\\d{1,2}:\\d{2}:\\d{2}(?:[.,:]\\d{1,9})?'
const zone = '(?: ?(?:Z|[+-]\\d{2}:?\\d{2}|[A-Z]{3,4}\\b))?'
/** Dates with which lines of applications begin; fail2ban cuts them out before it looks. */
const datePattern: string = [
  `\\d{4}[-/.:]\\d{2}[-/.:]\\d{2}(?:[T -]| - )${clock}${zone}`,
  `(?:\\w{3},? )?\\w{3} {1,2}\\d{1,2} ${clock}(?: \\d{4})?`,
  `(?:L )?\\d{1,2}[-/. ](?:\\d{1,2}|\\w{3})[-/. ]\\d{2,4}(?:[ :T]| - )${clock}${zone}`,
  `\\w{3}-\\d{2}-\\d{2,4} ${clock}`,
  `\\d{6} {1,2}${clock}`,
  '@[0-9a-f]{24}',
  '\\d{10}(?:\\.\\d{1,9})?',
].join('|')

/** Parsers that split lines, for folders without those of the hub: programs of syslog, and everything else as it is. */
export function baseParsers(): readonly MadeFile[] {
  const lines = [
    toYaml(
      {
        name: 'sevenfold/syslog-lines',
        description: 'program, process and message of a line of syslog',
        filter: `evt.Line.Labels.type == '${syslogType}'`,
        onsuccess: 'next_stage',
        pattern_syntax: {
          SF_TIME:
            '(?:\\w{3} {1,2}\\d{1,2} \\d{2}:\\d{2}:\\d{2}|\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2}))',
          SF_WORD: '\\S+',
          SF_PROGRAM: '[\\w./()-]+?',
          SF_DIGITS: '\\d+',
        },
        nodes: [{ grok: { pattern: syslogLine, apply_on: 'Line.Raw' } }],
        statics: [
          { target: 'evt.StrTime', expression: 'evt.Parsed.timestamp' },
          { meta: 'machine', expression: 'evt.Parsed.logsource' },
        ],
      },
      'Written by sevenfold detect import-fail2ban. Not needed beside crowdsecurity/syslog-logs of the hub.',
    ),
    // fail2ban cuts the date out of a line, wherever it stands, and leaves what was around it.
    toYaml({
      name: 'sevenfold/dated-lines',
      description: 'lines of an application without their date',
      filter: "evt.Line.Labels.type startsWith 'fail2ban-'",
      pattern_syntax: { SF_DATE: datePattern, SF_BEFORE: '.{0,256}?' },
      nodes: [
        {
          grok: {
            pattern: '^%{SF_BEFORE:sf_before}%{SF_DATE:timestamp}%{GREEDYDATA:sf_after}$',
            apply_on: 'Line.Raw',
          },
          statics: [
            { parsed: 'message', expression: 'evt.Parsed.sf_before + evt.Parsed.sf_after' },
            { target: 'evt.StrTime', expression: 'evt.Parsed.timestamp' },
          ],
        },
      ],
    }),
    toYaml({
      name: 'sevenfold/daemon-lines',
      description: 'the message of a line that names its program as syslog does',
      filter: `evt.Line.Labels.type startsWith '${daemonTypePrefix}'`,
      nodes: [
        {
          grok: {
            pattern:
              '^(?:\\[\\])?\\s*(?:%{SF_WORD:logsource} )?%{SF_PROGRAM:program}\\[%{SF_DIGITS:pid}\\]: %{GREEDYDATA:sf_message}$',
            apply_on: 'message',
          },
          statics: [{ parsed: 'message', expression: 'evt.Parsed.sf_message' }],
        },
        {
          grok: { pattern: '^(?:\\[\\])?\\s*%{GREEDYDATA:sf_message}$', apply_on: 'message' },
          statics: [{ parsed: 'message', expression: 'evt.Parsed.sf_message' }],
        },
      ],
    }),
    toYaml({
      name: 'sevenfold/whole-lines',
      description: 'lines without a date are their own message',
      filter: "evt.Line.Labels.type startsWith 'fail2ban-'",
      onsuccess: 'next_stage',
      statics: [
        { parsed: 'message', expression: "evt.Parsed.message == '' ? evt.Line.Raw : evt.Parsed.message" },
      ],
    }),
  ].join('---\n')
  const dates = toYaml({
    name: 'sevenfold/dates',
    description: 'the time that a line names, for replays',
    filter: "evt.StrTime != ''",
    statics: [
      { method: 'ParseDate', expression: 'evt.StrTime' },
      { target: 'MarshaledTime', expression: 'evt.Enriched.MarshaledTime' },
    ],
  })
  return [
    { path: 'parsers/s00-raw/sevenfold/lines.yaml', text: lines },
    { path: 'parsers/s02-enrich/sevenfold/dates.yaml', text: dates },
  ]
}
