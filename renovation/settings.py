"""All settings. Production (``PRODUCTION=1``) takes its secrets from the environment and fails loudly without them."""

import logging
import os
from pathlib import Path

from csp.constants import NONE, SELF

from renovation.environment import (
    BadEnvironment,
    client_url,
    clock_offset,
    database,
    flag,
    networks,
    positive,
    queue_url,
    required,
    retention,
    secret_key,
    single_sign_on,
)
from renovation.logs import configuration, configure_structlog

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA") or BASE_DIR / "var").resolve()

PRODUCTION = flag("PRODUCTION")
if PRODUCTION:
    required(["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
    if len(os.environ["SECRET_KEY"]) < 50:
        raise BadEnvironment(
            "SECRET_KEY 至少 50 个字符（python -c 'import secrets; print(secrets.token_urlsafe(50))'）"
        )
    if os.environ.get("CLOCK"):
        raise BadEnvironment("生产环境不允许设置 CLOCK（时钟偏移只用于演示和测试）")

DEBUG = False  # Error pages never show a trace, in development either; the log does.
SECRET_KEY = secret_key(DATA)
# Former keys, newest first: what they signed or encrypted still opens.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
CLOCK_OFFSET = clock_offset(os.environ.get("CLOCK", ""))
DEMONSTRATION = flag("DEMONSTRATION") and not PRODUCTION
DEMONSTRATION_EMPTY = DEMONSTRATION and os.environ["DEMONSTRATION"].strip().lower() == "empty"
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host] or ["*"]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
# Networks inside which webhooks may be sent, as 10.8.0.0/16,10.9.1.7/32: a municipal intranet. Everywhere else https to public addresses.
WEBHOOK_NETWORKS = networks(os.environ.get("WEBHOOK_NETWORKS", ""))
# How many days personal data is kept where the platform's own number is not wanted: complaint_persons=365,inbox=730 (renovation.retention).
RETENTION = retention(os.environ.get("RETENTION", ""))
# Who reads /metrics: whoever brings the token, or comes from these networks. Without either it is not there.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
METRICS_NETWORKS = networks(os.environ.get("METRICS_NETWORKS", ""), "METRICS_NETWORKS")
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")

DATABASES = {"default": database(os.environ.get("DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL") or queue_url(DATA)

INSTALLED_APPS = [
    "renovation",
    "projects",
    "funding",
    "approvals",
    "communities",
    "offices",
    "rest",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "renovation.metrics.CountRequests",
    "django.middleware.security.SecurityMiddleware",
    "renovation.middleware.ContentPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "renovation.guarding.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # after those that say headers: its files carry them too
    "django.middleware.gzip.GZipMiddleware",
    "renovation.kept.KeptPages",
    "renovation.middleware.RequestLog",
    "django.middleware.common.CommonMiddleware",
    "rest.lane.Lane",  # what programs read ends here; below is what people need: session, forms, messages
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "offices.lapse.Lapse",
    "offices.once.OnceARequest",
]

ROOT_URLCONF = "renovation.urls"
WSGI_APPLICATION = "renovation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "renovation.context.workspace",
            ],
        },
    }
]

AUTH_USER_MODEL = "offices.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "offices.backend.StaffBackend",  # the only one that knows passwords: a second one would hash a wrong one again
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The three administrators, superusers and whoever decides in a body of these kinds need a second factor; a division may ask it of all.
SECOND_FACTOR = flag("SECOND_FACTOR") if os.environ.get("SECOND_FACTOR") else PRODUCTION
SECOND_FACTOR_BODIES = ["finance"]
OIDC = single_sign_on()
LOGIN_URL = "/staff/login/"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/staff/login/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]  # locked by account and by address, each on its own
ADDRESS_FAILURE_LIMIT = 20  # an office's people share one address: it is locked when somebody tries many accounts
AXES_HANDLER = "offices.lockout.Handler"
AXES_CLIENT_IP_CALLABLE = "offices.lockout.address"  # behind PROXIES the caller's, not the proxy's
AXES_SENSITIVE_PARAMETERS = ["password", "code", "key"]
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # who signed in and who failed to, kept as long as the law asks logs to be kept
AXES_LOCKOUT_TEMPLATE = "staff/lockout.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or DATA / "static")
MEDIA_ROOT = DATA / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "renovation.styles.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Working days past its day after which something goes to the leader of its body: the platform's, no document sets any.
ESCALATION_DAYS = int(os.environ.get("ESCALATION_DAYS") or 5)
COMPLAINT_DAYS = int(
    os.environ.get("COMPLAINT_DAYS") or 15
)  # working days to answer a complaint: the platform's, no document sets any
UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024

# How long a resident's page is served as it was made; residents may read what is as old as that, staff may not.
PORTAL_CACHE_SECONDS = int(os.environ.get("PORTAL_CACHE_SECONDS") or (30 if PRODUCTION else 0))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
}

SESSION_ENGINE = "offices.sessions"
SESSION_COOKIE_HTTPONLY = True
# Staff are signed out after so long without an act, and so long after they signed in whatever they do (offices.sessions).
SESSION_IDLE_SECONDS = 60 * positive("SESSION_IDLE_MINUTES", 30)
SESSION_COOKIE_AGE = 3600 * positive("SESSION_HOURS", 12)
SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"  # no other host of the domain can set it
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and not flag("BEHIND_PLAIN_PROXY")
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "renovation.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "offices.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_SCHEMA_CLASS": "rest.schema.ResourceSchema",
    "DEFAULT_PAGINATION_CLASS": "rest.pagination.UidCursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["rest.filters.StrictFilterBackend"],
    "EXCEPTION_HANDLER": "rest.problems.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "NUM_PROXIES": int(os.environ.get("PROXIES") or 0),  # proxies in front whose X-Forwarded-For is believed
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST = {"CLOCK": "offices.clock.now", "RATE_URL": client_url(REDIS_URL), "PREPARE": not flag("TRANSACTION_POOLING")}
SPECTACULAR_SETTINGS = {
    "TITLE": "老旧小区改造管理平台 API",
    "DESCRIPTION": "城镇老旧小区改造项目数据接口。公开事实无需密钥。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no request leaves the origin
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {  # several resources have a "state" of their own
        "PlanStateEnum": "projects.models.AnnualPlan.State",
        "CaseStateEnum": "approvals.models.Case.State",
        "DeadlineStateEnum": "offices.models.Duty.State",
        "ImportStateEnum": "communities.models.Import.State",
        "FilingKindEnum": "projects.models.UpwardFiling.Kind",
        "ComplaintStateEnum": "communities.models.Complaint.State",
        "ComplaintCategoryEnum": "communities.models.Complaint.Category",
        "ComplaintChannelEnum": "communities.models.Complaint.Channel",
        "NoticeKindEnum": "approvals.models.Notice.Kind",
        "NoticeStateEnum": "approvals.models.Notice.State",
        "RemarkKindEnum": "approvals.models.Remark.Kind",
        "RemarkChannelEnum": "approvals.models.Remark.Channel",
        "SurveyKindEnum": "approvals.models.Survey.Kind",
        "SurveyStateEnum": "approvals.models.Survey.State",
        "SurveyRoleEnum": "approvals.models.SurveyAnswer.Role",
        "RemarkStateEnum": "approvals.models.Remark.State",
        "AgencyKindEnum": "communities.models.Agency.Kind",
        "OrganisationKindEnum": "communities.models.Organisation.Kind",
        "ContractChangeKindEnum": "funding.models.ContractChange.Kind",
        "EntryKindEnum": "funding.models.JournalEntry.Kind",
        "PaymentKindEnum": "funding.models.Payment.Kind",
        "SourceKindEnum": "approvals.rules.evidence.SOURCES",
        "SourceLevelEnum": "funding.models.FundingSource.Level",
        "DocumentLevelEnum": ["national", "province", "city", "county"],
    },
}

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA / "mail"  # without a mail server each letter is a file that the administrator can read
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
# Without a gateway production offers no codes by short message, and its pages say so.
SMS_GATEWAY = os.environ.get("SMS_GATEWAY", "" if PRODUCTION else "file")
# Messages a day to all who follow by telephone, codes included (0: not offered); the token by which the gateway tells of replies.
SMS_FOLLOW_A_DAY = int(os.environ.get("SMS_FOLLOW_A_DAY", "1000"))
SMS_REPLY_TOKEN = os.environ.get("SMS_REPLY_TOKEN", "")
SMS_APART = True  # in a thread of its own: the answer's time tells nothing
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "renovation@localhost")

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False  # a request never waits for a broker that is down: the sweep picks the row up

# Who runs the platform, as the foot of every public page must say: name, telephone, ICP备案号, 公安备案号. What is empty is left out.
OPERATOR = {key: os.environ.get(f"OPERATOR_{key.upper()}", "") for key in ("name", "phone", "icp", "police")}
# Under which terms open data is given away; shown on its page and in each file.
OPEN_DATA_LICENCE = os.environ.get("OPEN_DATA_LICENCE") or (
    "可以免费使用、加工和再发布，须注明数据来源和取得日期；不得用于识别或推断个人和住户。"
)
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO").upper()
LOGGING = configuration(LOG_LEVEL)
configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request is enough
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False

CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "offices.sweep", "schedule": float(os.environ.get("SWEEP_SECONDS") or 600)},
    "seal": {"task": "offices.seal", "schedule": 60.0},
    "outbox": {"task": "offices.outbox", "schedule": 60.0},
    "tidy": {"task": "offices.tidy", "schedule": 6 * 3600.0},
    "webhooks": {"task": "offices.webhooks", "schedule": 15.0},
    "retain": {"task": "renovation.retain", "schedule": 24 * 3600.0},
    "forget": {"task": "offices.forget", "schedule": 24 * 3600.0},
    "imports": {"task": "communities.tasks.pick_up_imports", "schedule": 60.0},
    "jobs": {"task": "offices.pick_up_jobs", "schedule": 60.0},
    "flags": {"task": "funding.raise_flags", "schedule": 24 * 3600.0},
    "notices": {"task": "approvals.remind_notices", "schedule": 3600.0},
    "escalation": {"task": "approvals.escalate", "schedule": 3600.0},
    "votes": {"task": "approvals.close_votes", "schedule": 60.0},
    "complaints": {"task": "communities.remind_complaints", "schedule": 3600.0},
    "followers": {"task": "renovation.tell_followers", "schedule": 300.0},
    "silence": {"task": "projects.remind_silent", "schedule": 6 * 3600.0},
    "figures": {"task": "projects.keep_figures", "schedule": 3600.0},
}
