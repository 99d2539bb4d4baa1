import type PDFDocument from 'pdfkit'
import { arrowHead, type Ink, type Point, type Scene, type Shape } from './scene.ts'

/** The part of a PDF document that pictures need. */
export type Canvas = InstanceType<typeof PDFDocument>

/** Ink on white paper; the page's light colours. */
export const printInks: Record<Ink, string> = {
  ink: '#18212f',
  muted: '#566273',
  line: '#d5dbe5',
  paper: '#ffffff',
  soft: '#f3f6fa',
  a: '#1d4ed8',
  b: '#b45309',
  bridge: '#0f766e',
  good: '#15803d',
  bad: '#b42318',
  other: '#7e22ce',
}

/** Draws a scene with its top left corner at (x, y), scaled to a width. Returns the height it took. */
export function drawScene(canvas: Canvas, scene: Scene, x: number, y: number, width: number): number {
  const scale = width / scene.width
  canvas.save().translate(x, y).scale(scale)
  for (const shape of scene.shapes) {
    canvas.save()
    drawShape(canvas, shape)
    canvas.restore()
  }
  canvas.restore()
  return scene.height * scale
}

function drawShape(canvas: Canvas, shape: Shape): void {
  switch (shape.kind) {
    case 'rect': {
      if (shape.opacity !== undefined) canvas.opacity(shape.opacity)
      canvas.lineWidth(shape.strokeWidth ?? 1)
      if (shape.dash) canvas.dash(5, { space: 4 })
      const radius = Math.min(shape.radius ?? 0, shape.width / 2, shape.height / 2)
      if (radius > 0) canvas.roundedRect(shape.x, shape.y, shape.width, shape.height, radius)
      else canvas.rect(shape.x, shape.y, shape.width, shape.height)
      paint(canvas, shape.fill, shape.stroke)
      return
    }
    case 'path': {
      canvas
        .lineWidth(shape.strokeWidth ?? 1)
        .lineJoin('round')
        .lineCap('round')
      if (shape.dash) canvas.dash(5, { space: 4 })
      trace(canvas, shape.points).stroke(printInks[shape.stroke])
      if (shape.arrow) trace(canvas.undash(), arrowHead(shape.points)).stroke(printInks[shape.stroke])
      return
    }
    case 'polygon':
      trace(canvas.opacity(shape.opacity ?? 1), shape.points)
        .closePath()
        .fill(printInks[shape.fill])
      return
    case 'circle':
      canvas.lineWidth(1.5).circle(shape.x, shape.y, shape.radius)
      paint(canvas, shape.fill, shape.stroke)
      return
    case 'text':
      drawText(canvas, shape)
  }
}

function paint(canvas: Canvas, fill: Ink | undefined, stroke: Ink | undefined): void {
  if (fill && stroke) canvas.fillAndStroke(printInks[fill], printInks[stroke])
  else if (fill) canvas.fill(printInks[fill])
  else if (stroke) canvas.stroke(printInks[stroke])
}

function trace(canvas: Canvas, points: readonly Point[]): Canvas {
  for (const [index, [x, y]] of points.entries()) index === 0 ? canvas.moveTo(x, y) : canvas.lineTo(x, y)
  return canvas
}

/** SVG places text by its baseline, and so does this. */
function drawText(canvas: Canvas, { x, y, text, size, bold, anchor = 'start', fill = 'ink' }: Extract<Shape, { kind: 'text' }>): void {
  canvas
    .font(bold ? 'bold' : 'regular')
    .fontSize(size)
    .fillColor(printInks[fill])
  const width = canvas.widthOfString(text)
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width
  canvas.text(text, left, y, { lineBreak: false, baseline: 'alphabetic' })
}
