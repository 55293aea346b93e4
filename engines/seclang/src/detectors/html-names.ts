const ACTIVE_TAGS: ReadonlySet<string> = new Set(
  (
    'applet base bgsound embed event-source frame frameset handler iframe ilayer import isindex layer link listener ' +
    'marquee meta object portal script style svg math vmlframe xml xsl xss stylesheet fencedframe'
  ).split(' '),
)

/** Tells whether a tag by itself can run or load active content; `x:script` counts as `script`. */
export function isActiveTag(name: string): boolean {
  const lower = name.toLowerCase()
  const local = lower.slice(lower.lastIndexOf(':') + 1)
  return ACTIVE_TAGS.has(local) || local.startsWith('svg') || local.startsWith('xsl')
}

// Stems of all event handler attributes of HTML, SVG, SMIL and of the browsers of the last 25 years.
const EVENT =
  /^on(?:abort|activate|after|animation|audio|auxclick|before|begin|blur|bounce|broadcast|cached|cancel|canplay|cellchange|change|checking|click|close|command|connect|content|context|control|copy|cuechange|cut|data|dblclick|deactivate|device|downloading|drag|drop|duration|emptied|encrypted|end|enter|error|exit|fetch|filterchange|finish|focus|formdata|forminput|formchange|fullscreen|gesture|gotpointer|hashchange|help|icecandidate|input|invalid|key|language|layoutcomplete|load|loaded|losecapture|lostpointer|mark|media|message|mouse|move|moz|mute|negotiation|obsolete|offline|online|open|orientation|outofsync|overscroll|page|paste|pause|play|pointer|popstate|popup|progress|property|ratechange|reading|ready|rejection|removestream|repeat|reset|resize|resume|reverse|row|scroll|search|securitypolicy|seek|select|show|signaling|size|slotchange|sort|speech|stall|start|stop|storage|submit|suspend|sync|text|time|toggle|touch|track|transition|unhandled|unload|unmute|update|upgrade|url|user|volumechange|waiting|webkit|wheel|zoom)/i

/** Tells whether an attribute is an event handler (`onclick`, `onbeforetoggle` …). */
export function isEventHandler(name: string): boolean {
  return name.length >= 5 && EVENT.test(name)
}

const URL_ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'action background by cite classid code codebase content data dynsrc folder formaction from handler href ' +
    'icon longdesc lowsrc manifest ping poster profile src srcset to usemap value values xlink:href'
  ).split(' '),
)

/** Tells whether an attribute holds a URL, or a value that SVG animation copies into one. */
export function isUrlAttribute(lower: string): boolean {
  return URL_ATTRIBUTES.has(lower) || lower.endsWith(':href')
}
