const shapes: Readonly<Record<string, string>> = {
  tents:
    '<path d="M30 130 L110 35 L190 130 Z" fill="#4f8f6f"/><path d="M110 35 L110 130 L85 130 Z" fill="#2f6b50"/>',
  sleeping:
    '<rect x="40" y="70" width="140" height="50" rx="25" fill="#6d7fb3"/><circle cx="66" cy="95" r="17" fill="#e7d7bf"/>',
  footwear:
    '<path d="M70 40 h40 v45 l50 14 q16 5 14 26 H70 Z" fill="#9a6a3f"/><path d="M66 125 h112 v10 H66 Z" fill="#4a3626"/>',
  packs:
    '<rect x="70" y="40" width="80" height="95" rx="22" fill="#b8623c"/><rect x="84" y="84" width="52" height="40" rx="8" fill="#8d4527"/>',
  kitchen:
    '<path d="M65 60 h80 v50 q0 22 -22 22 h-36 q-22 0 -22 -22 Z" fill="#5e86a8"/><path d="M145 70 h14 q14 0 14 16 t-14 16 h-14" fill="none" stroke="#5e86a8" stroke-width="9"/>',
  light:
    '<rect x="82" y="55" width="56" height="66" rx="12" fill="#f2c14e"/><path d="M78 121 h64 v12 H78 Z M90 43 h40 v12 H90 Z" fill="#6b5a3a"/><path d="M95 43 q15 -24 30 0" fill="none" stroke="#6b5a3a" stroke-width="5"/>',
}

/** A drawing for a category as SVG; a plain hill for an unknown one. */
export function categoryArt(category: string): string {
  const shape = shapes[category] ?? '<path d="M20 140 Q110 20 200 140 Z" fill="#7f9c8a"/>'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 160" role="img">${shape}<path d="M0 140 Q60 128 110 138 T220 134 V160 H0 Z" fill="#7f9c8a" opacity=".45"/></svg>`
}

/** The sign of the shop. */
export const lanternArt = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="31" fill="#1f6b4f"/><rect x="21" y="23" width="22" height="26" rx="5" fill="#f2c14e"/><path d="M19 49h26v5H19zM24 17h16v6H24z" fill="#e9efe6"/><path d="M25 17q7-11 14 0" fill="none" stroke="#e9efe6" stroke-width="3"/></svg>`
