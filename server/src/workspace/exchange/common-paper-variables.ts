import type { Agreement } from '../entities/agreement.ts'

/**
 * The Variables of Common Paper’s Partnership Agreement Standard Terms 1.1: the words that they highlight and leave to the Cover Page,
 * in the order in which the terms first use them. Read from https://github.com/CommonPaper/Partnership-Agreement on 2026-11-28.
 */
export const partnershipVariables = [
  'Obligations',
  'Payment Process',
  'Payment Schedule',
  'Territory',
  'Brand Guidelines',
  'DPA',
  'Effective Date',
  'End Date',
  'Additional Warranties',
  'Company',
  'Partner',
  'General Cap Amount',
  'Increased Claims',
  'Increased Cap Amount',
  'Unlimited Claims',
  'Company Covered Claims',
  'Partner Covered Claims',
  'Governing Law',
  'Chosen Courts',
] as const
export type PartnershipVariable = (typeof partnershipVariables)[number]

/** Why a Variable has no value: where it would stand here, or that it is no subject of our files. A Variable left open means “none”. */
export const unfilled: Readonly<Record<PartnershipVariable, string>> = {
  Obligations: 'add spec.commitments or spec.terms',
  'Payment Process': 'add spec.terms, and how they are settled',
  'Payment Schedule': 'add spec.terms, and how they are settled',
  Territory: 'not in our files; the Cover Page offers “Worldwide”',
  'Brand Guidelines': 'not in our files: who may use which names and logos is for the Cover Page',
  DPA: 'not in our files: attach the data processing agreement to the Cover Page',
  'Effective Date': 'add spec.term.start',
  'End Date': 'add spec.term.end; without it the agreement has no end, and the standard terms know no notice to end it',
  'Additional Warranties': 'not in our files',
  Company: 'name the first party',
  Partner: 'name the second party',
  'General Cap Amount': 'not in our files: limits of liability are for the lawyers of both parties',
  'Increased Claims': 'not in our files: limits of liability are for the lawyers of both parties',
  'Increased Cap Amount': 'not in our files: limits of liability are for the lawyers of both parties',
  'Unlimited Claims': 'not in our files: limits of liability are for the lawyers of both parties',
  'Company Covered Claims': 'not in our files: who protects whom against claims is for the lawyers of both parties',
  'Partner Covered Claims': 'not in our files: who protects whom against claims is for the lawyers of both parties',
  'Governing Law': 'add spec.governingLaw',
  'Chosen Courts': 'add spec.courts',
}

/** What a party promised, as its commitments say it. */
export function promisesOf({ commitments }: Agreement['spec'], organization: string): string[] {
  return commitments.filter(({ party }) => party === organization).map(({ does, clause }) => (clause ? `${does} (${clause})` : does))
}
