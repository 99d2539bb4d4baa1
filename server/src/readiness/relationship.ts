import type { Integration } from '../workspace/index.ts'

type Spec = Integration['spec']

/** What a relationship model settles before anybody argues about it. */
export interface Relationship {
  sells: string
  supportsFirst: string
  brand: string
  /** What contradicts the model in this integration's own file, as a sentence. */
  contradiction: (spec: Spec) => string | undefined
}

const firstLineIs = (spec: Spec, expected: string | undefined, because: string): string | undefined =>
  expected === undefined || spec.support === undefined || spec.support.firstLine === expected
    ? undefined
    : `${because}, so ${expected} answers the customer first; the file says ${spec.support.firstLine}`

const sellerNamed = (spec: Spec, model: string): string | undefined =>
  spec.seller === undefined ? `${model} needs a named seller` : undefined

/** Who sells, who supports first and whose brand the customer sees, per relationship model. */
export const relationships: Readonly<Record<Spec['relationship'], Relationship>> = {
  referral: {
    sells: 'Each side sells its own product; the one who refers is paid for the introduction.',
    supportsFirst: 'The supporter named in the file.',
    brand: 'Both brands, side by side.',
    contradiction: (spec) =>
      spec.supporter === undefined ? 'a referral needs a named supporter: nobody sells the bridge itself' : undefined,
  },
  reseller: {
    sells: 'The seller, in its own name and on its own contract.',
    supportsFirst: 'The seller.',
    brand: 'The product keeps its maker’s brand.',
    contradiction: (spec) =>
      sellerNamed(spec, 'a reseller model') ?? firstLineIs(spec, spec.seller, 'a reseller holds the customer’s contract'),
  },
  marketplace: {
    sells: 'The seller, through the listing of a platform’s marketplace.',
    supportsFirst: 'The supporter named in the file.',
    brand: 'The seller’s brand on the marketplace’s shelf.',
    contradiction: (spec) =>
      sellerNamed(spec, 'a marketplace model') ??
      (['ga', 'deprecated'].includes(spec.stage) && !spec.marketing?.listings.length
        ? 'it is sold on a marketplace, and no listing is named'
        : undefined),
  },
  oem: {
    sells: 'The seller, as part of its own product.',
    supportsFirst: 'The seller: the customer knows nobody else.',
    brand: 'The seller’s only (white label).',
    contradiction: (spec) =>
      sellerNamed(spec, 'white label') ?? firstLineIs(spec, spec.seller, 'a white label customer knows only the seller'),
  },
  direct: {
    sells: 'The seller, on its own site.',
    supportsFirst: 'The seller.',
    brand: 'The seller’s.',
    contradiction: (spec) =>
      sellerNamed(spec, 'direct sale') ?? firstLineIs(spec, spec.supporter ?? spec.seller, 'the customer bought directly'),
  },
}
