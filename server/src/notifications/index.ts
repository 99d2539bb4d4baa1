export { type CalledLevel, calledLevels, calledPeople } from './called-people.ts'
export {
  dropNotificationsBefore,
  listNotifications,
  type NewNotification,
  type Notification,
  type NotificationKind,
  notificationKinds,
  tell,
} from './notification.ts'
export { createNotifier, type Notifier, type NotifierOptions } from './notifier.ts'
export { notificationRoutes } from './routes.ts'
