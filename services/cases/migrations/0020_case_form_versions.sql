-- The topics a partner opens a case for, with their questions as JSON Schema 2020-12 and the words of each in six languages. A
-- version never changes: cases keep the one that they were opened with. The platform's own, for everybody to read.
drop table case_form;
create table case_form (
    topic      text        not null constraint case_form_topic check (topic ~ '^[a-z][a-z0-9-]{0,39}$'),
    version    int         not null constraint case_form_version check (version > 0),
    position   int         not null,
    hidden     boolean     not null,
    titles     jsonb       not null,
    keywords   jsonb       not null,
    schema     jsonb       not null constraint case_form_schema_object check (jsonb_typeof(schema) = 'object'),
    created_at timestamptz not null,
    set_by     text        not null,
    primary key (topic, version)
);

insert into case_form (topic, version, position, hidden, titles, keywords, schema, created_at, set_by) values
('integration', 1, 10, false,
'{
  "rw": "Guhuza sisitemu n''ibibazo bya tekiniki",
  "en": "Integration and technical questions",
  "fr": "Intégration et questions techniques",
  "vi": "Tích hợp và câu hỏi kỹ thuật",
  "ro": "Integrare și întrebări tehnice",
  "bn": "ইন্টিগ্রেশন ও কারিগরি প্রশ্ন"
}',
'{
  "rw": "API guhuza ikosa umwenda",
  "en": "API error timeout webhook sync token feed",
  "fr": "API erreur délai webhook synchronisation jeton",
  "vi": "API lỗi đồng bộ webhook mã truy cập",
  "ro": "API eroare sincronizare webhook jeton",
  "bn": "এপিআই ত্রুটি সিঙ্ক ওয়েবহুক টোকেন ফিড"
}',
'{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "environment": {
      "type": "string",
      "x-title": {
        "rw": "Byabereye he?",
        "en": "Where does it happen?",
        "fr": "Où cela se produit-il ?",
        "vi": "Lỗi xảy ra ở đâu?",
        "ro": "Unde se întâmplă?",
        "bn": "কোথায় ঘটছে?"
      },
      "enum": [
        "TEST",
        "PRODUCTION"
      ],
      "x-choices": {
        "TEST": {
          "rw": "Sisitemu y''igerageza",
          "en": "Test system",
          "fr": "Système de test",
          "vi": "Hệ thống thử nghiệm",
          "ro": "Sistemul de test",
          "bn": "পরীক্ষার সিস্টেম"
        },
        "PRODUCTION": {
          "rw": "Sisitemu ikoreshwa",
          "en": "Live system",
          "fr": "Système en production",
          "vi": "Hệ thống thật",
          "ro": "Sistemul real",
          "bn": "চালু সিস্টেম"
        }
      }
    },
    "operation": {
      "type": "string",
      "maxLength": 200,
      "x-title": {
        "rw": "Ni ikihe gikorwa mwahamagaye?",
        "en": "Which operation did you call?",
        "fr": "Quelle opération avez-vous appelée ?",
        "vi": "Bạn đã gọi thao tác nào?",
        "ro": "Ce operație ați apelat?",
        "bn": "কোন অপারেশন ব্যবহার করেছেন?"
      }
    },
    "traceId": {
      "type": "string",
      "pattern": "^[0-9a-f]{32}$",
      "x-unknown": true,
      "x-title": {
        "rw": "Nomero ikurikirana (trace id) y''igisubizo cyabatunguye",
        "en": "The trace id of an answer that surprised you",
        "fr": "L''identifiant de trace d''une réponse qui vous a surpris",
        "vi": "Mã trace của câu trả lời bất thường",
        "ro": "Identificatorul (trace id) unui răspuns neașteptat",
        "bn": "অপ্রত্যাশিত উত্তরের ট্রেস আইডি"
      }
    }
  },
  "required": [
    "environment"
  ],
  "if": {
    "properties": {
      "environment": {
        "const": "PRODUCTION"
      }
    },
    "required": [
      "environment"
    ]
  },
  "then": {
    "required": [
      "traceId"
    ]
  }
}',
'2026-11-28T00:00:00Z', 'migration'),
('appointments', 1, 20, false,
'{
  "rw": "Gahunda zo kubonana na muganga",
  "en": "Appointments and bookings",
  "fr": "Rendez-vous et réservations",
  "vi": "Lịch hẹn và đặt chỗ",
  "ro": "Programări și rezervări",
  "bn": "অ্যাপয়েন্টমেন্ট ও বুকিং"
}',
'{
  "rw": "igiciro isaha guhagarika gahunda",
  "en": "price time cancel cancelled slot calendar doctor hour",
  "fr": "prix heure annuler annulation créneau calendrier médecin",
  "vi": "giá giờ hủy khung giờ lịch bác sĩ",
  "ro": "preț oră anulare interval calendar medic",
  "bn": "দাম সময় বাতিল স্লট ক্যালেন্ডার ডাক্তার"
}',
'{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "problem": {
      "type": "string",
      "x-title": {
        "rw": "Ni ikihe kibazo?",
        "en": "What went wrong?",
        "fr": "Quel est le problème ?",
        "vi": "Vấn đề là gì?",
        "ro": "Ce nu a mers?",
        "bn": "সমস্যাটি কী?"
      },
      "enum": [
        "NOT_VISIBLE",
        "WRONG_TIME",
        "WRONG_PRICE",
        "CANCELLATION",
        "OTHER"
      ],
      "x-choices": {
        "NOT_VISIBLE": {
          "rw": "Ntigaragara",
          "en": "It is not shown",
          "fr": "Il n''apparaît pas",
          "vi": "Không hiển thị",
          "ro": "Nu apare",
          "bn": "দেখা যাচ্ছে না"
        },
        "WRONG_TIME": {
          "rw": "Isaha si yo",
          "en": "The time is wrong",
          "fr": "L''heure est fausse",
          "vi": "Sai giờ",
          "ro": "Ora este greșită",
          "bn": "সময় ভুল"
        },
        "WRONG_PRICE": {
          "rw": "Igiciro si cyo",
          "en": "The price is wrong",
          "fr": "Le prix est faux",
          "vi": "Sai giá",
          "ro": "Prețul este greșit",
          "bn": "দাম ভুল"
        },
        "CANCELLATION": {
          "rw": "Guhagarika",
          "en": "A cancellation",
          "fr": "Une annulation",
          "vi": "Hủy lịch",
          "ro": "O anulare",
          "bn": "বাতিল"
        },
        "OTHER": {
          "rw": "Ikindi",
          "en": "Something else",
          "fr": "Autre chose",
          "vi": "Khác",
          "ro": "Altceva",
          "bn": "অন্য কিছু"
        }
      }
    },
    "bookingId": {
      "type": "string",
      "minLength": 1,
      "maxLength": 64,
      "x-unknown": true,
      "x-title": {
        "rw": "Nomero ya gahunda",
        "en": "The booking''s id",
        "fr": "L''identifiant de la réservation",
        "vi": "Mã đặt chỗ",
        "ro": "Identificatorul rezervării",
        "bn": "বুকিং আইডি"
      }
    }
  },
  "required": [
    "problem"
  ],
  "if": {
    "properties": {
      "problem": {
        "enum": [
          "WRONG_TIME",
          "WRONG_PRICE",
          "CANCELLATION"
        ]
      }
    },
    "required": [
      "problem"
    ]
  },
  "then": {
    "required": [
      "bookingId"
    ]
  }
}',
'2026-11-28T00:00:00Z', 'migration'),
('billing', 1, 30, false,
'{
  "rw": "Inyemezabuguzi no kwishyura",
  "en": "Invoices and payments",
  "fr": "Factures et paiements",
  "vi": "Hóa đơn và thanh toán",
  "ro": "Facturi și plăți",
  "bn": "চালান ও অর্থপ্রদান"
}',
'{
  "rw": "amafaranga fagitire kwishyura",
  "en": "invoice payment money refund commission fee paid",
  "fr": "facture paiement argent remboursement commission frais",
  "vi": "hóa đơn thanh toán tiền hoàn tiền hoa hồng phí",
  "ro": "factură plată bani rambursare comision taxă",
  "bn": "চালান টাকা পেমেন্ট ফেরত কমিশন ফি"
}',
'{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "invoiceNumber": {
      "type": "string",
      "minLength": 1,
      "maxLength": 64,
      "x-unknown": true,
      "x-title": {
        "rw": "Nomero y''inyemezabuguzi",
        "en": "The invoice''s number",
        "fr": "Le numéro de la facture",
        "vi": "Số hóa đơn",
        "ro": "Numărul facturii",
        "bn": "চালানের নম্বর"
      }
    },
    "period": {
      "type": "string",
      "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
      "x-unknown": true,
      "x-title": {
        "rw": "Ukwezi bireba (umwaka-ukwezi)",
        "en": "The month in question (year-month)",
        "fr": "Le mois concerné (année-mois)",
        "vi": "Tháng liên quan (năm-tháng)",
        "ro": "Luna în cauză (an-lună)",
        "bn": "সংশ্লিষ্ট মাস (বছর-মাস)"
      }
    }
  },
  "anyOf": [
    {
      "required": [
        "invoiceNumber"
      ]
    },
    {
      "required": [
        "period"
      ]
    }
  ]
}',
'2026-11-28T00:00:00Z', 'migration'),
('account', 1, 40, false,
'{
  "rw": "Konti n''uburenganzira bwo kwinjira",
  "en": "Access and accounts",
  "fr": "Accès et comptes",
  "vi": "Quyền truy cập và tài khoản",
  "ro": "Acces și conturi",
  "bn": "অ্যাক্সেস ও অ্যাকাউন্ট"
}',
'{
  "rw": "ijambobanga kwinjira umukoresha",
  "en": "password login sign in user role permission locked invitation",
  "fr": "mot de passe connexion utilisateur rôle droit bloqué invitation",
  "vi": "mật khẩu đăng nhập người dùng vai trò quyền bị khóa lời mời",
  "ro": "parolă autentificare utilizator rol drept blocat invitație",
  "bn": "পাসওয়ার্ড লগইন ব্যবহারকারী ভূমিকা অনুমতি আমন্ত্রণ"
}',
'{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "request": {
      "type": "string",
      "x-title": {
        "rw": "Mukeneye iki?",
        "en": "What do you need?",
        "fr": "De quoi avez-vous besoin ?",
        "vi": "Bạn cần gì?",
        "ro": "De ce aveți nevoie?",
        "bn": "আপনার কী প্রয়োজন?"
      },
      "enum": [
        "GRANT_ACCESS",
        "REMOVE_ACCESS",
        "CHANGE_DETAILS",
        "OTHER"
      ],
      "x-choices": {
        "GRANT_ACCESS": {
          "rw": "Guha umuntu uburenganzira",
          "en": "Access for somebody",
          "fr": "Un accès pour quelqu''un",
          "vi": "Cấp quyền cho một người",
          "ro": "Acces pentru cineva",
          "bn": "কারো জন্য অ্যাক্সেস"
        },
        "REMOVE_ACCESS": {
          "rw": "Kwambura umuntu uburenganzira",
          "en": "Somebody''s access removed",
          "fr": "Le retrait d''un accès",
          "vi": "Gỡ quyền của một người",
          "ro": "Retragerea accesului cuiva",
          "bn": "কারো অ্যাক্সেস সরানো"
        },
        "CHANGE_DETAILS": {
          "rw": "Guhindura amakuru",
          "en": "Details changed",
          "fr": "Une modification de données",
          "vi": "Thay đổi thông tin",
          "ro": "Modificarea datelor",
          "bn": "তথ্য পরিবর্তন"
        },
        "OTHER": {
          "rw": "Ikindi",
          "en": "Something else",
          "fr": "Autre chose",
          "vi": "Khác",
          "ro": "Altceva",
          "bn": "অন্য কিছু"
        }
      }
    },
    "email": {
      "type": "string",
      "format": "email",
      "maxLength": 254,
      "x-title": {
        "rw": "Konti ya nde? (imeyili)",
        "en": "Whose account? (e-mail)",
        "fr": "Le compte de qui ? (e-mail)",
        "vi": "Tài khoản của ai? (e-mail)",
        "ro": "Contul cui? (e-mail)",
        "bn": "কার অ্যাকাউন্ট? (ই-মেইল)"
      }
    }
  },
  "required": [
    "request"
  ],
  "if": {
    "properties": {
      "request": {
        "enum": [
          "GRANT_ACCESS",
          "REMOVE_ACCESS"
        ]
      }
    },
    "required": [
      "request"
    ]
  },
  "then": {
    "required": [
      "email"
    ]
  }
}',
'2026-11-28T00:00:00Z', 'migration'),
('mail', 1, 1000, true,
'{
  "rw": "Ikibazo cyaje kuri imeyili",
  "en": "Question by e-mail",
  "fr": "Question par e-mail",
  "vi": "Câu hỏi qua e-mail",
  "ro": "Întrebare prin e-mail",
  "bn": "ই-মেইলে পাঠানো প্রশ্ন"
}',
'{
  "rw": "imeyili",
  "en": "e-mail mail",
  "fr": "e-mail courriel",
  "vi": "e-mail thư",
  "ro": "e-mail",
  "bn": "ই-মেইল"
}',
'{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "about": {
      "type": "string",
      "x-unknown": true,
      "x-title": {
        "rw": "Ni ku byerekeye iki?",
        "en": "What is it about?",
        "fr": "De quoi s''agit-il ?",
        "vi": "Nội dung liên quan đến gì?",
        "ro": "Despre ce este vorba?",
        "bn": "বিষয়টি কী নিয়ে?"
      },
      "enum": [
        "integration",
        "appointments",
        "billing",
        "account",
        "other"
      ],
      "x-choices": {
        "integration": {
          "rw": "Guhuza sisitemu n''ibibazo bya tekiniki",
          "en": "Integration and technical questions",
          "fr": "Intégration et questions techniques",
          "vi": "Tích hợp và câu hỏi kỹ thuật",
          "ro": "Integrare și întrebări tehnice",
          "bn": "ইন্টিগ্রেশন ও কারিগরি প্রশ্ন"
        },
        "appointments": {
          "rw": "Gahunda zo kubonana na muganga",
          "en": "Appointments and bookings",
          "fr": "Rendez-vous et réservations",
          "vi": "Lịch hẹn và đặt chỗ",
          "ro": "Programări și rezervări",
          "bn": "অ্যাপয়েন্টমেন্ট ও বুকিং"
        },
        "billing": {
          "rw": "Inyemezabuguzi no kwishyura",
          "en": "Invoices and payments",
          "fr": "Factures et paiements",
          "vi": "Hóa đơn và thanh toán",
          "ro": "Facturi și plăți",
          "bn": "চালান ও অর্থপ্রদান"
        },
        "account": {
          "rw": "Konti n''uburenganzira bwo kwinjira",
          "en": "Access and accounts",
          "fr": "Accès et comptes",
          "vi": "Quyền truy cập và tài khoản",
          "ro": "Acces și conturi",
          "bn": "অ্যাক্সেস ও অ্যাকাউন্ট"
        },
        "other": {
          "rw": "Ikindi",
          "en": "Something else",
          "fr": "Autre chose",
          "vi": "Khác",
          "ro": "Altceva",
          "bn": "অন্য কিছু"
        }
      }
    },
    "since": {
      "type": "string",
      "format": "date",
      "x-unknown": true,
      "x-title": {
        "rw": "Kuva ryari? (umwaka-ukwezi-umunsi)",
        "en": "Since when? (year-month-day)",
        "fr": "Depuis quand ? (année-mois-jour)",
        "vi": "Từ khi nào? (năm-tháng-ngày)",
        "ro": "De când? (an-lună-zi)",
        "bn": "কবে থেকে? (বছর-মাস-দিন)"
      }
    }
  }
}',
'2026-11-28T00:00:00Z', 'migration');

-- From here on only the platform adds versions.
alter table case_form enable row level security;
alter table case_form force row level security;
create policy case_form_read on case_form for select using (true);
create policy case_form_add on case_form for insert with check (caller_is_system() or caller_is_platform());
grant select, insert on case_form to cases_app;
