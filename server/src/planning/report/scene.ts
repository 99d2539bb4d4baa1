/** Names of colours; a page gives them values that follow the reader's light or dark mode, a print its own. */
export type Ink = 'ink' | 'muted' | 'line' | 'paper' | 'soft' | 'a' | 'b' | 'bridge' | 'good' | 'bad' | 'other'

export type Point = readonly [x: number, y: number]

export type Shape =
  | {
      kind: 'rect'
      x: number
      y: number
      width: number
      height: number
      radius?: number
      fill?: Ink
      stroke?: Ink
      strokeWidth?: number
      dash?: boolean
      opacity?: number
    }
  | { kind: 'path'; points: readonly Point[]; stroke: Ink; strokeWidth?: number; dash?: boolean; arrow?: boolean }
  | { kind: 'polygon'; points: readonly Point[]; fill: Ink; opacity?: number }
  | { kind: 'circle'; x: number; y: number; radius: number; fill?: Ink; stroke?: Ink }
  | { kind: 'text'; x: number; y: number; text: string; size: number; bold?: boolean; anchor?: 'start' | 'middle' | 'end'; fill?: Ink }

/** A picture as plain data, drawn once and printed as SVG or into a PDF. Units are those of its own width and height. */
export interface Scene {
  width: number
  height: number
  /** What a reader who can't see the picture is told. */
  title: string
  shapes: readonly Shape[]
}

/**
 * Cuts a text to about a width. Letters of Europe are taken as 0.6 of the size wide, bold ones as 0.68, which Inter and the widest of the
 * usual system fonts keep on average; those of East Asia fill their square.
 */
export function fitText(text: string, width: number, size: number, bold = false): string {
  const signs = [...text]
  const widthOf = (sign: string): number => size * (sign >= '\u1100' && sign !== '…' ? 1 : bold ? 0.68 : 0.6)
  const whole = signs.reduce((sum, sign) => sum + widthOf(sign), 0)
  if (whole <= width) return text
  let used = widthOf('…')
  const kept = signs.findIndex((sign) => {
    used += widthOf(sign)
    return used > width
  })
  return `${signs.slice(0, Math.max(1, kept)).join('').trimEnd()}…`
}

/** The two strokes of an arrow's head at the end of a line. */
export function arrowHead(points: readonly Point[]): Point[] {
  const [tipX, tipY] = points.at(-1)!
  const [fromX, fromY] = points.at(-2)!
  const angle = Math.atan2(tipY - fromY, tipX - fromX)
  const wing = (turn: number): Point => [tipX - 7 * Math.cos(angle + turn), tipY - 7 * Math.sin(angle + turn)]
  return [wing(0.45), [tipX, tipY], wing(-0.45)]
}

export function sceneToSvg({ width, height, title, shapes }: Scene): string {
  const body = shapes.map(shapeToSvg).join('')
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}" xmlns="http://www.w3.org/2000/svg">${body}</svg>`
}

/** Text made safe inside elements and attributes of HTML and SVG. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

const paint = (ink: Ink | undefined): string => (ink === undefined ? 'none' : `var(--${ink})`)
const fixed = (value: number): string => String(Math.round(value * 100) / 100)
const pointsToSvg = (points: readonly Point[]): string => points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(' ')

function shapeToSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, radius = 0, fill, stroke, strokeWidth = 1, dash, opacity = 1 } = shape
      return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" rx="${radius}" style="fill:${paint(fill)};stroke:${paint(stroke)}" stroke-width="${strokeWidth}"${dash ? ' stroke-dasharray="5 4"' : ''}${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`
    }
    case 'path': {
      const { points, stroke, strokeWidth = 1, dash, arrow } = shape
      const line = (drawn: readonly Point[], dashed: boolean | undefined): string =>
        `<polyline points="${pointsToSvg(drawn)}" fill="none" style="stroke:${paint(stroke)}" stroke-width="${strokeWidth}" stroke-linejoin="round" stroke-linecap="round"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`
      return line(points, dash) + (arrow ? line(arrowHead(points), false) : '')
    }
    case 'polygon':
      return `<polygon points="${pointsToSvg(shape.points)}" style="fill:${paint(shape.fill)}" opacity="${shape.opacity ?? 1}"/>`
    case 'circle':
      return `<circle cx="${fixed(shape.x)}" cy="${fixed(shape.y)}" r="${shape.radius}" style="fill:${paint(shape.fill)};stroke:${paint(shape.stroke)}" stroke-width="1.5"/>`
    case 'text': {
      const { x, y, text, size, bold, anchor = 'start', fill = 'ink' } = shape
      return `<text x="${fixed(x)}" y="${fixed(y)}" font-size="${size}"${bold ? ' font-weight="600"' : ''} text-anchor="${anchor}" style="fill:${paint(fill)}">${escapeText(text)}</text>`
    }
  }
}
