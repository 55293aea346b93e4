/**
 * The patterns that every hub parser takes for granted: the base set of grok, which stands in no file of the hub.
 * Names and meaning are those that log parsers have shared since logstash; groups are all non-capturing here, because
 * only named references capture.
 */
export const basePatterns: readonly (readonly [name: string, pattern: string])[] = [
  ['USERNAME', '[a-zA-Z0-9._-]+'],
  ['USER', '%{USERNAME}'],
  // `+-=` is a range (`+` to `=`), as it has always been.
  ['EMAILLOCALPART', '[a-zA-Z0-9_.+-=:]+'],
  ['HOSTNAME', String.raw`\b[0-9A-Za-z][0-9A-Za-z-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z-]{0,62})*(?:\.?|\b)`],
  ['EMAILADDRESS', '%{EMAILLOCALPART}@%{HOSTNAME}'],
  ['HTTPDUSER', '%{EMAILADDRESS}|%{USER}'],
  ['INT', '[+-]?[0-9]+'],
  ['BASE10NUM', String.raw`[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)`],
  ['NUMBER', '%{BASE10NUM}'],
  ['BASE16NUM', '[+-]?(?:0x)?[0-9A-Fa-f]+'],
  ['BASE16FLOAT', String.raw`\b[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\.[0-9A-Fa-f]*)?|\.[0-9A-Fa-f]+)\b`],
  ['POSINT', String.raw`\b[1-9][0-9]*\b`],
  ['NONNEGINT', String.raw`\b[0-9]+\b`],
  ['WORD', String.raw`\b\w+\b`],
  ['NOTSPACE', String.raw`\S+`],
  ['SPACE', String.raw`\s*`],
  ['DATA', '.*?'],
  ['GREEDYDATA', '.*'],
  ['QUOTEDSTRING', quotedString()],
  ['UUID', '[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}'],

  ['CISCOMAC', String.raw`(?:[A-Fa-f0-9]{4}\.){2}[A-Fa-f0-9]{4}`],
  ['WINDOWSMAC', '(?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2}'],
  ['COMMONMAC', '(?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2}'],
  ['MAC', '%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}'],
  ['IPV6', ipv6()],
  [
    'IPV4',
    String.raw`(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)`,
  ],
  ['IP', '%{IPV6}|%{IPV4}'],
  ['IPORHOST', '%{IP}|%{HOSTNAME}'],
  ['HOSTPORT', '%{IPORHOST}:%{POSINT}'],

  ['UNIXPATH', String.raw`(?:/(?:[\w_%!$@:.,~-]+|\\.)*)+`],
  ['TTY', String.raw`/dev/(?:pts|tty(?:[pq])?)(?:\w+)?/?[0-9]+`],
  ['WINPATH', String.raw`(?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+`],
  ['PATH', '%{UNIXPATH}|%{WINPATH}'],
  ['URIPROTO', String.raw`[A-Za-z]+(?:\+[A-Za-z+]+)?`],
  ['URIHOST', '%{IPORHOST}(?::%{POSINT:port})?'],
  ['URIPATH', String.raw`(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%_\-]*)+`],
  ['URIPARAM', String.raw`\?[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\-\[\]<>]*`],
  ['URIPATHPARAM', '%{URIPATH}(?:%{URIPARAM})?'],
  ['URI', '%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?'],

  ['MONTH', months()],
  ['MONTHNUM', '0?[1-9]|1[0-2]'],
  ['MONTHNUM2', '0[1-9]|1[0-2]'],
  ['MONTHDAY', '0[1-9]|[12][0-9]|3[01]|[1-9]'],
  ['DAY', 'Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?'],
  ['YEAR', String.raw`(?:\d\d){1,2}`],
  ['HOUR', '2[0123]|[01]?[0-9]'],
  ['MINUTE', '[0-5][0-9]'],
  // 60: leap seconds.
  ['SECOND', '(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?'],
  ['TIME', '%{HOUR}:%{MINUTE}:%{SECOND}'],
  ['DATE_US', '%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}'],
  ['DATE_EU', '%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}'],
  ['DATE_X', '%{YEAR}/%{MONTHNUM2}/%{MONTHDAY}'],
  ['ISO8601_TIMEZONE', 'Z|[+-]%{HOUR}(?::?%{MINUTE})'],
  ['ISO8601_SECOND', '%{SECOND}|60'],
  [
    'TIMESTAMP_ISO8601',
    '%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?',
  ],
  ['DATE', '%{DATE_US}|%{DATE_EU}|%{DATE_X}'],
  ['DATESTAMP', '%{DATE}[- ]%{TIME}'],
  ['TZ', '[A-Z]{3}'],
  ['NUMTZ', String.raw`[+-]\d{4}`],
  ['DATESTAMP_RFC822', '%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}'],
  ['DATESTAMP_RFC2822', '%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}'],
  ['DATESTAMP_OTHER', '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}'],
  ['DATESTAMP_EVENTLOG', '%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}'],
  ['HTTPDERROR_DATE', '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}'],
  ['ANSIC', String.raw`%{DAY} %{MONTH} [_123]\d %{TIME} %{YEAR}"`],
  ['UNIXDATE', String.raw`%{DAY} %{MONTH} [_123]\d %{TIME} %{TZ} %{YEAR}`],
  ['RUBYDATE', String.raw`%{DAY} %{MONTH} [0-3]\d %{TIME} %{NUMTZ} %{YEAR}`],
  ['RFC822Z', String.raw`[0-3]\d %{MONTH} %{YEAR} %{TIME} %{NUMTZ}`],
  ['RFC850', String.raw`%{DAY}, [0-3]\d-%{MONTH}-%{YEAR} %{TIME} %{TZ}`],
  ['RFC1123', String.raw`%{DAY}, [0-3]\d %{MONTH} %{YEAR} %{TIME} %{TZ}`],
  ['RFC1123Z', String.raw`%{DAY}, [0-3]\d %{MONTH} %{YEAR} %{TIME} %{NUMTZ}`],
  ['RFC3339', String.raw`%{YEAR}-[01]\d-[0-3]\dT%{TIME}%{ISO8601_TIMEZONE}`],
  ['RFC3339NANO', String.raw`%{YEAR}-[01]\d-[0-3]\dT%{TIME}\.\d{9}%{ISO8601_TIMEZONE}`],
  ['KITCHEN', String.raw`\d{1,2}:\d{2}(?:AM|PM|am|pm)`],
  ['SYSLOGTIMESTAMP', '%{MONTH} +%{MONTHDAY} %{TIME}'],
  ['PROG', String.raw`[\x21-\x5a\x5c\x5e-\x7e]+`],
  ['SYSLOGPROG', String.raw`%{PROG:program}(?:\[%{POSINT:pid}\])?`],
  ['SYSLOGHOST', '%{IPORHOST}'],
  ['SYSLOGFACILITY', '<%{NONNEGINT:facility}.%{NONNEGINT:priority}>'],
  ['HTTPDATE', '%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}'],
  ['QS', '%{QUOTEDSTRING}'],
  ['LOGLEVEL', logLevels()],
  [
    'SYSLOGBASE',
    '%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:',
  ],
  [
    'COMMONAPACHELOG',
    String.raw`%{IPORHOST:clientip} %{HTTPDUSER:ident} %{USER:auth} \[%{HTTPDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" %{NUMBER:response} (?:%{NUMBER:bytes}|-)`,
  ],
  ['COMBINEDAPACHELOG', '%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}'],
  [
    'HTTPD20_ERRORLOG',
    String.raw`\[%{HTTPDERROR_DATE:timestamp}\] \[%{LOGLEVEL:loglevel}\] (?:\[client %{IPORHOST:clientip}\] ){0,1}%{GREEDYDATA:errormsg}`,
  ],
  [
    'HTTPD24_ERRORLOG',
    String.raw`\[%{HTTPDERROR_DATE:timestamp}\] \[%{WORD:module}:%{LOGLEVEL:loglevel}\] \[pid %{POSINT:pid}(?::tid %{NUMBER:tid})?\](?: \(%{POSINT:proxy_errorcode}\)%{DATA:proxy_errormessage}:)?(?: \[client %{IPORHOST:client}:%{INT:clientport}\])? %{DATA:errorcode}: %{GREEDYDATA:message}`,
  ],
  ['HTTPD_ERRORLOG', '%{HTTPD20_ERRORLOG}|%{HTTPD24_ERRORLOG}'],
]

function quotedString(): string {
  return ['"', "'", '`'].map((q) => `(?:${q}(?:\\\\.|[^\\\\${q}]+)+${q})|${q}${q}`).join('|')
}

/** The text forms of RFC 4291 section 2.2, with an IPv4 tail and a zone (`%eth0`). */
function ipv6(): string {
  const group = '[0-9A-Fa-f]{1,4}'
  const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
  const v4 = String.raw`${octet}(?:\.${octet}){3}`
  const heads = [7, 6, 5, 4, 3, 2, 1].map((n) => `(?:${group}:){${n}}${ipv6Tail(n, group, v4)}`)
  return `(?:${[...heads, `:${ipv6Tail(0, group, v4)}`].join('|')})(?:%.+)?`
}

/** What may follow `n` groups that each end with a colon. */
function ipv6Tail(n: number, group: string, v4: string): string {
  if (n === 7) return `(?:${group}|:)`
  const groups = n === 6 ? `:${group}` : `(?::${group}){1,${7 - n}}`
  const between = n === 6 ? '' : n === 5 ? ':' : `(?::${group}){0,${5 - n}}:`
  return `(?:${groups}|${between}${v4}|:)`
}

/** English names of months and what German, French and Dutch logs have instead; the word boundaries belong to the first and the last only. */
function months(): string {
  return String.raw`\bJan(?:uary|uar)?|Feb(?:ruary|ruar)?|M(?:a|ä)?r(?:ch|z)?|Apr(?:il)?|Ma(?:y|i)?|Jun(?:e|i)?|Jul(?:y)?|Aug(?:ust)?|Sep(?:tember)?|O(?:c|k)?t(?:ober)?|Nov(?:ember)?|De(?:c|z)(?:ember)?\b`
}

function logLevels(): string {
  const words = [
    '[Aa]lert',
    'ALERT',
    '[Tt]race',
    'TRACE',
    '[Dd]ebug',
    'DEBUG',
    '[Nn]otice',
    'NOTICE',
    '[Ii]nfo',
    'INFO',
  ]
  const cut = [
    '[Ww]arn?(?:ing)?',
    'WARN?(?:ING)?',
    '[Ee]rr?(?:or)?',
    'ERR?(?:OR)?',
    '[Cc]rit?(?:ical)?',
    'CRIT?(?:ICAL)?',
  ]
  const grave = ['[Ff]atal', 'FATAL', '[Ss]evere', 'SEVERE', 'EMERG(?:ENCY)?', '[Ee]merg(?:ency)?']
  return [...words, ...cut, ...grave].join('|')
}
