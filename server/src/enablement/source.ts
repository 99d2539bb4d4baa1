import { isInForce, lengthInWords } from '../agreements/index.ts'
import {
  anchorsOf,
  assessIntegration,
  beginJudgement,
  contactsOf,
  holdersOf,
  type IntegrationFacts,
  type Judgement,
  type ReadinessReport,
  type ReadinessWorkspace,
} from '../readiness/index.ts'
import type { Agreement, Contact, Duty, Integration, Role, Side } from '../workspace/index.ts'

/** What sheets are written from: the files, and the judgement on them. Nothing else may be said. */
export interface Source {
  judgement: Judgement
  integration: Integration
  spec: Integration['spec']
  report: ReadinessReport
  /** The agreement that binds today; undefined when none does. */
  agreement: Agreement | undefined
}

export function readSource(workspace: ReadinessWorkspace, integration: Integration, facts: IntegrationFacts, today: string): Source {
  const judgement = beginJudgement(workspace, today)
  const report = assessIntegration(judgement, integration, facts)
  const agreement = workspace.agreementsOf(integration.metadata.name).find((one) => isInForce(one, today))
  return { judgement, integration, spec: integration.spec, report, agreement }
}

/** `Quill Invoicing`, or the name where no title is written. */
export function titleOf({ judgement }: Source, organization: string): string {
  return judgement.workspace.organizations.get(organization)?.metadata.title ?? organization
}

/** `Mara Lindqvist (mara@meridian.example)` */
export function personInWords({ judgement }: Source, name: string): string {
  const person = judgement.people.get(name)
  if (!person) return name
  const reach = person.email ?? person.phone ?? person.chat
  return reach ? `${person.fullName} (${reach})` : person.fullName
}

/** People of one side in a role who are there; empty is a vacancy. */
export function peopleIn(source: Source, side: Side, role: Role): string[] {
  const { people, today } = source.judgement
  return holdersOf(side, role, people, today).map((holder) => personInWords(source, holder.person))
}

export function peopleBehind(source: Source, side: Side, duty: Duty): string[] {
  const { people, today } = source.judgement
  return anchorsOf(side, duty, people, today).map((name) => personInWords(source, name))
}

/** `partners@meridian.example (email, meridian/office, answers within 4 hours). Send: the case number …` */
export function contactInWords(contact: Contact): string {
  const hours = contact.hours ?? 'hours unknown'
  const answers = contact.respondsWithin ? `answers within ${lengthInWords(contact.respondsWithin)}` : 'no answer time promised'
  return `${contact.address} (${contact.channel}, ${hours}, ${answers})${contact.say ? `. Send: ${contact.say}` : ''}`
}

export function contactOf(source: Source, side: Side, topic: Contact['topic']): Contact | undefined {
  return contactsOf({ workspace: source.judgement.workspace }, side, topic)[0]
}
