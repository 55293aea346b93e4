/** Why a value would lead a file name out of the folder it belongs to. */
export interface TraversalFinding {
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

// A separator, plain or as servers decode it once or twice more, and the same for a dot.
const SLASH = String.raw`(?:[/\\]|%(?:25)?(?:2f|5c|c0%af|c1%9c|u2215|u2216)|0x(?:2f|5c)|\xc0\xaf|\xc1\x9c)`
const DOT = String.raw`(?:\.|%(?:25)?(?:2e|c0%ae|u002e|uff0e)|0x2e|\xc0\xae)`
const CLIMB = new RegExp(`(?:^|[^.\\w])(?:${DOT}){2}[;\0]?${SLASH}|${SLASH}(?:${DOT}){2}[;\0]?${SLASH}`, 'i')
const CLIMB_STEP = new RegExp(`(?:${DOT}){2}[;\0]?${SLASH}`, 'gi')
// "....//" and "..././" leave "../" behind when a filter removes it once.
const DOUBLED = /(?:\.{4,8}(?:\/\/|\\\\|\/\\|\/(?![\w ]))|\.\.\.\/\.\/)/
const ENCODED = new RegExp(
  String.raw`(?:%(?:25)?2e|%c0%ae|\xc0\xae|%u002e|%uff0e|0x2e|\.)(?:%(?:25)?2e|%c0%ae|\xc0\xae|%u002e|%uff0e|0x2e|\.)(?:%(?:25)?(?:2f|5c)|%c0%af|%c1%9c|%u221[56]|0x(?:2f|5c)|\xc0\xaf|\xc1\x9c)|(?:%(?:25)?2e|%c0%ae|\xc0\xae|%u002e|%uff0e|0x2e){2}[/\\]|(?:\.(?:%(?:25)?2e|%c0%ae)|(?:%(?:25)?2e|%c0%ae)\.)[/\\]`,
  'i',
)

const UNIX_FILES =
  String.raw`etc/(?:passwd|shadow|group|hosts|issue|hostname|os-release|sudoers|crontab|fstab|motd|resolv\.conf|ssh/|apache2?/|nginx/|httpd/|mysql/|my\.cnf|php\d?/|ssl/|cron\.)` +
  String.raw`|proc/(?:self|version|cmdline|\d+|net|mounts|cpuinfo|sched_debug)|var/(?:log|mail|spool|run/secrets|lib/(?:mlocate|mysql|postgresql))/?|root/\.|home/[\w.-]+/\.|dev/(?:tcp|udp|random|fd)|usr/local/(?:apache|etc|app)|opt/(?:lampp/|[\w.-]{1,40}/(?:conf|etc)/)|boot/grub`
const WINDOWS_FILES = String.raw`(?:windows|winnt)/(?:win\.ini|system\.ini|system32|repair|panther|iis|php)|boot\.ini|inetpub/|(?:xampp|wamp\d*)/|autoexec\.bat|sysprep|ntds\.dit|web\.config|unattend`
const HIDDEN_FILES = String.raw`\.(?:ssh/|aws/|git/|svn/|htpasswd|htaccess|bash_history|env(?![\w-])|npmrc|docker/|kube/|pgpass|netrc)|id_(?:rsa|dsa|ed25519)|(?:web|meta)-inf/|wp-config`
const TARGET = new RegExp(`${UNIX_FILES}|${WINDOWS_FILES}|${HIDDEN_FILES}`, 'i')
const ABSOLUTE = new RegExp(
  `(?:^|[\\s"'=:,;(<>|&\`]|file:/{0,2})(?:[a-z]:)?/+(?:\\./+)*(?:${UNIX_FILES}|${WINDOWS_FILES})`,
  'i',
)
// Named without a slash before it, behind whatever a filter may not know as a separator.
const ACCOUNTS = /(?:^|[^\w-])etc\/(?:passwd|shadow|sudoers)(?![\w-])/i
// A value that is nothing but the path of a file which holds secrets.
const SECRET =
  /^\s*(?:~\/)?(?:[\w.-]+\/|\/)*(?:\.(?:ssh\/[\w.-]+|aws\/(?:credentials|config)|git\/(?:config|head|index|logs\/[\w/]+)|svn\/(?:entries|wc\.db)|kube\/config|docker\/config\.json|htpasswd|htaccess|bash_history|pgpass|netrc)|(?:web|meta)-inf\/[\w./-]+|wp-config\.php[\w.~-]{0,8})\0?\s*$/i
// One step up to a file that a server runs or keeps for itself; pages and pictures are named so in honest links.
const SERVER_FILE =
  /^\s*(?:[\w-]+\/)*\.\.\/(?:[\w-]+\/)*[\w-]*\.(?:php\d?|phtml|inc|conf|cfg|ini|env|log|bak|old|sql|sqlite3?|db|pem|key|jspx?|aspx?|cgi)(?:[\0?].{0,80}|%00)?\s*$/i
const WHOLE_PATH = /^[\w.:/\\%;-]*$/
const WRAPPER =
  /(?:^|[\s"'=(])(?:php:\/\/(?:filter|input|stdin|memory|temp|fd)|data:\/\/[\w/;,]|(?:expect|phar|zip|glob|compress\.\w+|rar|ogg|zlib|netdoc|jar:(?:file|https?)):\/\/)|^\s*file:\/{1,3}(?:[a-z]:|etc|proc|var|root|home|windows|usr|tmp|dev|localhost|\/?$)/i

// A page for PHP, plain or base64.
const INLINE_PAGE = /^\s*data:[\w/;=-]{0,60},\s*(?:PD9|<\?|%3c(?:\?|%3f))/i
const ROOTED = /\.\.\/(?:etc|usr|srv|var|proc|root|home|opt|boot|mnt|windows|winnt|inetpub|program files)\//i
const SHARE = /^\s*\\\\(?:[\w-]+\.)+[\w-]+(?:@\w+)?\\[\w$.\\-]+$/

/** Counts `../` steps, ten at most. */
function climbs(input: string): number {
  let count = 0
  CLIMB_STEP.lastIndex = 0
  while (count < 10 && CLIMB_STEP.test(input)) count++
  return count
}

/**
 * Tells whether a value (a byte string) climbs out of a folder, names a file that no client should
 * read, or opens a stream wrapper. One `../` alone stays innocent: people write relative paths.
 * Null when nothing is found. Time is linear in the input.
 */
export function detectTraversal(input: string): TraversalFinding | null {
  if (!/[/\\%]|0x2e|\xc0|^\s*\.ht|wp-config|^\s*data:/i.test(input)) return null
  const path = (input.includes('\\') ? input.replaceAll('\\', '/') : input).replace(/\/(?:\.?\/)+/g, '/')
  if (WRAPPER.test(input) || INLINE_PAGE.test(input))
    return { reason: 'a stream wrapper or local file is named' }
  if (SHARE.test(input)) return { reason: 'a share of another machine is named' }
  if (CLIMB.test(input)) {
    if (ENCODED.test(input)) return { reason: 'a path climbs in disguise' }
    const steps = climbs(input)
    if (TARGET.test(path)) return { reason: 'a path climbs to a file of the system' }
    if (steps >= 2 && ROOTED.test(path)) return { reason: 'a path climbs to a folder of the system' }
    if (steps >= 4 && WHOLE_PATH.test(input)) return { reason: 'a path climbs several folders' }
    if (SERVER_FILE.test(path)) return { reason: 'a path climbs to a file of the server' }
    if (input.includes('\0')) return { reason: 'a path climbs and is cut by a NUL byte' }
    if (/^[./\\]+$/.test(input) && steps >= 1) return { reason: 'a path climbs and names nothing' }
  }
  if (/\.\.;[/\\]/.test(input)) return { reason: 'a path climbs in disguise' }
  if (DOUBLED.test(input)) return { reason: 'a path climbs after a filter removed its first steps' }
  if ((ABSOLUTE.test(path) || ACCOUNTS.test(path)) && isPathLike(input))
    return { reason: 'a file of the system is named' }
  if (SECRET.test(path)) return { reason: 'a file with secrets is named' }
  return null
}

/** Prose may name /etc/hosts; a parameter that is a path, or a short command, says only that. */
function isPathLike(input: string): boolean {
  return input.length <= 256 && input.split(/\s+/, 6).length <= 4
}
