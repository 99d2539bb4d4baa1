export {
  listNotifications,
  type NewNotification,
  type Notification,
  type NotificationKind,
  notificationKinds,
  tell,
} from './notification.ts'
export { notificationRoutes } from './routes.ts'
